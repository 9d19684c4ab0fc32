//! What all steps promise.

use std::net::TcpListener;

use assert_cmd::Command;

use crate::server::{Program, Server};
use crate::step::Step;
use crate::wait::{WAIT, eventually};

on_each!([blocking threads broadcast lines commands names outboxes backpressure one_writer accounts ledger instances] {
    listens_on_port_1337_by_default
    takes_a_free_port_for_port_0
    listens_on_localhost
    listens_on_ipv6
    reports_a_port_in_use
    reports_an_address_it_cannot_use
    prints_its_usage
    sends_the_answer_after_a_half_close
    survives_silence
    survives_garbage
    survives_a_thousand_resets
});

fn listens_on_port_1337_by_default(step: Step) {
    let program = Program::run(&mut std::process::Command::new(step.program));
    eventually("a line", || {
        !program.stdout.is_empty() || !program.stderr.is_empty()
    });
    if program.stderr.is_empty() {
        assert_eq!(program.stdout.first(), "Listening on 127.0.0.1:1337 ...");
    } else {
        // Another process has the port, such as the test of another step. Still the right address.
        let error = program.stderr.first();
        let expected = "Could not create server: 127.0.0.1:1337: ";
        assert!(error.starts_with(expected), "{error}");
    }
}

fn takes_a_free_port_for_port_0(step: Step) {
    let one = Server::start_at(step, "127.0.0.1:0");
    let other = Server::start_at(step, "127.0.0.1:0");
    assert_ne!(one.address.port(), 0);
    assert_ne!(one.address, other.address);
    one.round_trip(&mut one.connect("alice"));
    other.round_trip(&mut other.connect("bob"));
}

fn listens_on_localhost(step: Step) {
    let server = Server::start_at(step, "localhost:0");
    assert!(server.address.ip().is_loopback(), "{}", server.address);
    server.round_trip(&mut server.connect("alice"));
}

fn listens_on_ipv6(step: Step) {
    if let Err(error) = TcpListener::bind("[::1]:0") {
        println!("Not tried: this machine has no IPv6 loopback: {error}");
        return;
    }
    let server = Server::start_at(step, "[::1]:0");
    assert!(server.address.is_ipv6(), "{}", server.address);
    server.round_trip(&mut server.connect("alice"));
}

fn reports_a_port_in_use(step: Step) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    cannot_listen(step, &address);
}

fn reports_an_address_it_cannot_use(step: Step) {
    cannot_listen(step, "");
    cannot_listen(step, "no-port");
    cannot_listen(step, "127.0.0.1:65536");
    cannot_listen(step, "192.0.2.1:0"); // TEST-NET: no machine has it.
}

fn cannot_listen(step: Step, address: &str) {
    let reason = TcpListener::bind(address).unwrap_err();
    run(step, &[address])
        .code(1)
        .stdout("")
        .stderr(format!("Could not create server: {address}: {reason}\n"));
}

fn prints_its_usage(step: Step) {
    let takes = match step.name {
        "11-ledger" => "[ADDRESS] [FILE]",
        "12-instances" => "[ADDRESS] [REDIS]",
        _ => "[ADDRESS]",
    };
    let usage = format!("Usage: {} {takes}\n", step.name);
    let wrong: [&[&str]; 4] = [
        &["--help"],
        &["-h"],
        &["127.0.0.1:0", "twice", "thrice"],
        &["127.0.0.1:0", "--help"],
    ];
    for arguments in wrong {
        let run = run(step, arguments);
        run.code(2).stdout("").stderr(usage.clone());
    }
}

fn run(step: Step, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::new(step.program);
    command.args(arguments).timeout(WAIT).assert()
}

/// As with `printf hi | nc -N 127.0.0.1 1337`.
fn sends_the_answer_after_a_half_close(step: Step) {
    let server = Server::start(step);
    let mut alice = server.connect("alice");
    alice.send_bytes(b"hi");
    alice.half_close();
    alice.expect_bytes(step.answer_to_unfinished(&alice, "hi").as_bytes());
    alice.expect_end();
}

fn survives_silence(step: Step) {
    let server = Server::start(step);
    server.connect("alice").leave();
    let mut bob = server.connect("bob");
    bob.half_close();
    bob.read_to_end();
    server.round_trip(&mut server.connect("carol"));
}

fn survives_garbage(step: Step) {
    let server = Server::start(step);
    let noise: Vec<u8> = (0..=u8::MAX).cycle().take(10_000).collect();
    let garbage: [&[u8]; 5] = [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\xff\xfb\x1f\x1b[2J\x1b]0;mine\x07\0\0\0",
        b" \r\n\t\n\n\n\r",
        &noise,
    ];
    for bytes in garbage {
        let mut alice = server.connect("alice");
        alice.send_bytes(bytes);
        alice.half_close();
        alice.read_to_end();
    }
    server.round_trip(&mut server.connect("bob"));
}

fn survives_a_thousand_resets(step: Step) {
    let server = Server::start(step);
    server.round_trip(&mut server.connect("bob")); // All its own threads have started by then.
    let at_first = server.resources();
    let speech = "hi ".repeat(5000);
    for _ in 0..500 {
        // One closes while its answer is written, the other with its answer unread.
        server.connect("hasty").send_line(&speech);
        let rude = server.connect("rude");
        rude.send_line("hi");
        rude.reset();
    }
    server.round_trip(&mut server.connect("alice"));
    server.wait_for_at_most(at_first);
}
