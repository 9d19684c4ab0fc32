//! `crowd`: its verdicts on right servers, on wrong ones and on hung ones; and that it always ends.

use std::time::{Duration, Instant};

use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use crate::bugs::wrong_server;
use crate::like::matches;
use crate::server::Server;
#[cfg(target_os = "linux")]
use crate::workshop::Folder;
use crate::workshop::{stdout, workshop};

/// The wrong servers whose bugs only a crowd detects.
pub const ONLY_IN_A_CROWD: [&str; 2] = ["doubles_lines", "loses_lines"];

const BROADCAST: &str = env!("CARGO_BIN_EXE_3-broadcast");
const LINES: &str = env!("CARGO_BIN_EXE_4-lines");
const NAMES: &str = env!("CARGO_BIN_EXE_6-names");
const ONE_WRITER: &str = env!("CARGO_BIN_EXE_9-one-writer");
const ALL_WELL: &str = "every client received every message, in the same order";

/// Load-tests a program with a small crowd.
fn crowd(options: &[&str], command: &[&str]) -> Assert {
    let few = ["--clients", "6", "--talkers", "3", "--messages", "90"];
    let words = [&["crowd"], &few[..], options, &["--"], command].concat();
    workshop(&words).assert()
}

fn run(options: &[&str], server: &str) -> Assert {
    crowd(options, &[server, "{address}"])
}

fn run_wrong(name: &str) -> Assert {
    crowd(&["--patience", "1"], &[&wrong_server(), name, "{address}"])
}

#[test]
fn right_servers_lose_nothing() {
    for server in [BROADCAST, LINES, NAMES, ONE_WRITER] {
        let output = run(&[], server).code(0).stderr("");
        let output = output.stdout(contains(ALL_WELL).and(contains("✓ all ")));
        for figure in [
            "joined in",
            "deliveries / s",
            "longest pause",
            "latency, median",
            "latency, 99th pc",
            "█ ",
        ] {
            assert!(
                stdout(&output).contains(figure),
                "{figure}: {}",
                stdout(&output)
            );
        }
        if cfg!(target_os = "linux") {
            assert!(
                stdout(&output).contains("memory per client"),
                "{}",
                stdout(&output)
            );
        }
    }
}

#[test]
fn all_clients_may_talk_at_once() {
    run(&["--talkers", "6"], BROADCAST)
        .code(0)
        .stdout(contains("6 talking").and(contains(ALL_WELL)));
}

#[test]
fn a_crowd_may_be_large() {
    let sizes = ["--clients", "200", "--talkers", "20", "--messages", "200"];
    run(&sizes, NAMES).code(0).stdout(contains(ALL_WELL));
}

#[test]
fn wrong_servers_are_detected() {
    for name in ONLY_IN_A_CROWD {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wrong-servers");
        let source = std::fs::read_to_string(format!("{source}/{name}.rs")).unwrap();
        let comment = source.lines().map_while(|line| line.strip_prefix("//!"));
        let expected: Vec<&str> = comment.skip(2).map(|line| &line[1..]).collect();
        let output = run_wrong(name).code(1);
        let output = verdict(&output, expected.len());
        let expected = expected.join("\n");
        assert!(
            matches(&output, &expected),
            "crowd says of {name}:\n{output}"
        );
    }
}

/// The verdict from the first fault on, with no more examples than the file shows.
fn verdict(output: &Assert, lines: usize) -> String {
    let text = stdout(output);
    let mut lines_said: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("  ✗"))
        .collect();
    while lines_said.len() > lines {
        let example = lines_said
            .iter()
            .rposition(|line| line.starts_with("      client"));
        let Some(example) = example else { break };
        lines_said.remove(example);
    }
    lines_said.join("\n")
}

#[test]
fn different_orders_are_detected() {
    run_wrong("locks_for_each_write").code(1).stdout(
        contains("in another order: ")
            .and(contains("where others received"))
            .and(contains("in\n               different order.")),
    );
}

#[test]
fn torn_lines_are_detected() {
    run_wrong("writes_twice")
        .code(1)
        .stdout(contains("torn, or changed: ").and(contains("lines mix")));
}

#[test]
fn an_echo_server_fails_soon() {
    for (server, client) in [
        (env!("CARGO_BIN_EXE_1-blocking"), "such as client 2"),
        (env!("CARGO_BIN_EXE_2-threads"), "such as client 2"),
    ] {
        let begun = Instant::now();
        run(&["--patience", "1"], server)
            .code(1)
            .stdout(contains("stuck: for 1 s no client received anything").and(contains(client)))
            .stdout(contains("cargo run -- check 3"));
        assert!(begun.elapsed() < Duration::from_secs(6));
    }
}

#[test]
fn a_server_that_never_listens_fails_soon() {
    let begun = Instant::now();
    run_wrong("never_listens")
        .code(1)
        .stdout(contains("nothing listens at 127.0.0.1:").and(contains("does not listen at")));
    assert!(begun.elapsed() < Duration::from_secs(6));
}

#[test]
fn a_server_that_exited_fails_soon() {
    crowd(&[], &[env!("CARGO_BIN_EXE_6-names"), "--port", "{port}"])
        .code(1)
        .stdout(
            contains("the server ended before it listened: ").and(contains("│ Usage: 6-names")),
        );
}

#[test]
fn the_run_ends_when_the_time_is_up() {
    let begun = Instant::now();
    let options = ["--messages", "1000000", "--seconds", "1"];
    run(&options, NAMES)
        .code(1)
        .stdout(contains("not done when the time was up"))
        .stdout(contains("your server needs more time for so many messages"))
        .stdout(contains("lost").not());
    assert!(begun.elapsed() < Duration::from_secs(6));
}

#[test]
fn a_stalled_client_freezes_step_5() {
    let options = ["--stalled", "1", "--messages", "20000", "--patience", "1"];
    run(&options, NAMES)
        .code(1)
        .stdout(contains(
            "stuck: for 1 s no client received anything; 6 clients wait",
        ))
        .stdout(contains(
            "one client that never reads freezes the whole room",
        ))
        .stdout(contains("stalled, cut off     0 of 1"));
}

#[test]
fn a_stalled_client_does_not_freeze_step_6() {
    let options = ["--stalled", "1", "--messages", "7000", "--seconds", "150"];
    let output = run(&options, ONE_WRITER).code(0).stdout(contains(ALL_WELL));
    // Elsewhere the kernel may buffer all of it for a client that reads nothing.
    if cfg!(target_os = "linux") {
        output.stdout(contains("stalled, cut off     1 of 1"));
    }
}

#[test]
fn a_server_that_floods_fails_in_time() {
    let begun = Instant::now();
    let command = [&wrong_server(), "floods", "{address}"];
    crowd(&["--seconds", "1"], &command)
        .code(1)
        .stdout(contains("not done when the time was up"));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn two_programs_are_compared() {
    let against = ["--against", "3-broadcast"];
    let words = [
        &["crowd", "--clients", "6", "--messages", "60"],
        &against[..],
    ]
    .concat();
    let words = [&words[..], &["--bin", "6-names"]].concat();
    let mut command = workshop(&words);
    command.env("CARGO", "no-cargo-here"); // Then it runs the programs beside its own.
    let output = command.assert().code(0);
    let table = stdout(&output);
    let mut lines = table.lines().skip(1);
    let names: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(names[..2], ["6-names", "3-broadcast"], "{table}");
    let rate = lines.find(|line| line.contains("deliveries / s")).unwrap();
    let ratio = rate.split_whitespace().last().unwrap();
    assert!(
        ratio.parse::<f64>().is_ok_and(|ratio| ratio > 0.0),
        "{rate}"
    );
}

/// Needs more descriptors than some systems allow.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "takes long: .ci/run runs it"]
fn a_comparison_is_drawn() {
    let folder = Folder::new("plot");
    let file = folder.0.join("plot.svg");
    let file = file.to_str().unwrap();
    let few = [
        "crowd",
        "--messages",
        "10",
        "--clients",
        "200",
        "--svg",
        file,
    ];
    let programs = ["--bin", "9-one-writer", "--against", "6-names"];
    let mut command = workshop(&[&few[..], &programs].concat());
    command.env("CARGO", "no-cargo-here");
    command.assert().code(0).stdout(contains("Picture"));
    let drawn = folder.read("plot.svg");
    for clients in [2, 20, 200] {
        assert!(
            drawn.contains(&format!(">{clients} clients</text>")),
            "{drawn}"
        );
        let description = format!("With {clients} clients: 9-one-writer ");
        assert!(drawn.contains(&description), "{drawn}");
    }
    assert_eq!(drawn.matches("class=\"one\"").count(), 3, "{drawn}");
}

#[test]
fn a_running_server_can_be_load_tested() {
    let server = Server::start(crate::step::names());
    let before = server.resources();
    let address = server.address.to_string();
    for _ in 0..2 {
        workshop(&[
            "crowd",
            "--clients",
            "6",
            "--messages",
            "60",
            "--at",
            &address,
        ])
        .assert()
        .code(0)
        .stdout(contains(ALL_WELL));
    }
    server.wait_for_resources(before);
}

/// Signals to a running server while the crowd talks.
#[cfg(unix)]
mod signals {
    use std::net::{SocketAddr, TcpStream};
    use std::process::{Child, Command, Stdio};
    use std::thread;

    use super::{NAMES, stdout, workshop};
    use crate::client::Client;
    use crate::wait::eventually;

    struct Running(Child, SocketAddr);

    impl Running {
        fn start() -> Running {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            drop(listener);
            let mut server = Command::new(NAMES);
            let server = server.arg(address.to_string()).stdout(Stdio::null());
            let running = Running(server.spawn().unwrap(), address);
            eventually("the server", || TcpStream::connect(address).is_ok());
            running
        }

        fn signal(&self, signal: &str) {
            let process = self.0.id().to_string();
            let kill = Command::new("kill").args([signal, &process]).status();
            assert!(kill.unwrap().success());
        }
    }

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// Sends the signal once another client has received a line of the crowd.
    fn crowd_with_signal(signal: &str, options: &[&str]) -> String {
        let server = Running::start();
        let mut spy = Client::connect("spy", server.1);
        let address = server.1.to_string();
        let few = ["crowd", "--clients", "6", "--messages", "1000000"];
        let words = [&few[..], &["--patience", "1", "--at", &address], options].concat();
        thread::scope(|scope| {
            let crowd = scope.spawn(|| workshop(&words).assert().code(1));
            while !spy.next_line().unwrap().contains("says: crowd ") {}
            server.signal(signal);
            stdout(&crowd.join().unwrap())
        })
    }

    #[test]
    fn a_killed_server_is_reported_as_ended() {
        let output = crowd_with_signal("-KILL", &[]);
        assert!(
            output.contains("the server ended: nothing listens at 127.0.0.1:"),
            "{output}"
        );
        assert!(
            output.contains("your server ended, and every client was disconnected"),
            "{output}"
        );
        assert!(
            !output.contains("disconnects clients that are not slow"),
            "{output}"
        );
    }

    #[test]
    fn a_stopped_server_is_reported_as_hung() {
        for options in [&[][..], &["--stalled", "1"]] {
            let output = crowd_with_signal("-STOP", options);
            assert!(
                output.contains("stuck: for 1 s no client received anything"),
                "{output}"
            );
            assert!(output.contains("your server hangs"), "{output}");
            assert!(!output.contains("your server loses lines"), "{output}");
            assert!(!output.contains("one client that never reads"), "{output}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn too_few_descriptors_are_reported_before_the_run() {
    let workshop = env!("CARGO_BIN_EXE_workshop");
    for (limit, clients, who) in [(64, 100, "this command"), (64, 40, "the server")] {
        let script = format!(
            "ulimit -n {limit}; exec \"$0\" crowd --clients {clients} --patience 1 -- \"$1\" {{address}}"
        );
        let sh = assert_cmd::Command::new("sh")
            .args(["-c", &script, workshop, NAMES])
            .timeout(crate::wait::WAIT)
            .assert();
        sh.code(2)
            .stderr(contains(format!("{who} may have no more than {limit}")))
            .stderr(contains("ulimit -n "));
    }
}

#[test]
fn invalid_options_are_refused() {
    for (words, error) in [
        (
            &["--clients", "1"][..],
            "--clients takes a number from 2 to 20000, not '1'",
        ),
        (
            &["--talkers", "x"],
            "--talkers takes a number from 1 to 20000, not 'x'",
        ),
        (
            &["--messages", "0"],
            "--messages takes a number from 1 to 1000000, not '0'",
        ),
        (
            &["--clients", "3", "--talkers", "4"],
            "4 talkers are more than 3 clients",
        ),
        (&["--stalled"], "--stalled needs a value"),
        (
            &["--seconds", "0"],
            "--seconds takes seconds from 0.1 to 600",
        ),
        (&["5"], "unexpected argument '5'"),
        (&["--svg", "x.svg"], "with what? Add --against NAME"),
    ] {
        workshop(&[&["crowd"], words].concat())
            .assert()
            .code(2)
            .stdout("")
            .stderr(contains(error).and(contains("Usage: cargo run -- crowd")));
    }
}
