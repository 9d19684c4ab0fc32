//! `crowd`: what it says of servers that are right, of those that are not, and of those that
//! freeze; and that it always comes to an end.

use std::time::{Duration, Instant};

use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use crate::like::are_alike;
use crate::server::Server;
#[cfg(target_os = "linux")]
use crate::workshop::Folder;
use crate::workshop::workshop;
use crate::wrong_servers::wrong_server;

at_once! {
    another_order_for_each_is_seen
    torn_lines_are_seen
    what_is_no_chat_is_left_in_time
    who_never_listens_is_not_waited_for
    one_who_reads_nothing_freezes_step_5
    nobody_freezes_step_6
}

/// The wrong servers whose mistakes only a crowd can see.
pub const CROWDED_OUT: [&str; 2] = ["doubles_lines", "loses_lines"];

const BROADCAST: &str = env!("CARGO_BIN_EXE_3-broadcast");
const LINES: &str = env!("CARGO_BIN_EXE_4-lines");
const NAMES: &str = env!("CARGO_BIN_EXE_5-names");
const BACKPRESSURE: &str = env!("CARGO_BIN_EXE_6-backpressure");
const ALL_WELL: &str = "every client received every message, in the same order";

/// A small crowd visits a program.
fn crowd(options: &[&str], command: &[&str]) -> Assert {
    let few = ["--clients", "6", "--talkers", "3", "--messages", "90"];
    let words = [&["crowd"], &few[..], options, &["--"], command].concat();
    workshop(&words).assert()
}

fn visit(options: &[&str], server: &str) -> Assert {
    crowd(options, &[server, "{address}"])
}

fn visit_wrong(name: &str) -> Assert {
    crowd(&["--patience", "1"], &[&wrong_server(), name, "{address}"])
}

#[test]
fn right_servers_lose_nothing() {
    for server in [BROADCAST, LINES, NAMES, BACKPRESSURE] {
        let said = visit(&[], server).code(0).stderr("");
        let said = said.stdout(contains(ALL_WELL).and(contains("✓ all ")));
        for figure in [
            "joined in",
            "deliveries / s",
            "longest pause",
            "latency, median",
            "latency, 99th pc",
            "█ ",
        ] {
            assert!(text(&said).contains(figure), "{figure}: {}", text(&said));
        }
        if cfg!(target_os = "linux") {
            assert!(text(&said).contains("memory per client"), "{}", text(&said));
        }
    }
}

#[test]
fn all_may_talk_at_once() {
    visit(&["--talkers", "6"], BROADCAST)
        .code(0)
        .stdout(contains("6 talking").and(contains(ALL_WELL)));
}

#[test]
fn a_crowd_may_be_large() {
    let sizes = ["--clients", "200", "--talkers", "20", "--messages", "200"];
    visit(&sizes, NAMES).code(0).stdout(contains(ALL_WELL));
}

#[test]
fn wrong_servers_are_seen_through() {
    for name in CROWDED_OUT {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wrong-servers");
        let source = std::fs::read_to_string(format!("{source}/{name}.rs")).unwrap();
        let comment = source.lines().map_while(|line| line.strip_prefix("//!"));
        let expected: Vec<&str> = comment.skip(2).map(|line| &line[1..]).collect();
        let said = visit_wrong(name).code(1);
        let said = verdict(&said, expected.len());
        let expected = expected.join("\n");
        assert!(are_alike(&said, &expected), "crowd says of {name}:\n{said}");
    }
}

/// What is said from the first fault on, with fewer examples if there are more than the file shows.
fn verdict(said: &Assert, lines: usize) -> String {
    let text = text(said);
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

fn another_order_for_each_is_seen() {
    visit_wrong("locks_for_each_write").code(1).stdout(
        contains("in another order: ")
            .and(contains("where others received"))
            .and(contains("in\n               different order.")),
    );
}

fn torn_lines_are_seen() {
    visit_wrong("writes_twice")
        .code(1)
        .stdout(contains("torn, or changed: ").and(contains("lines mix")));
}

fn what_is_no_chat_is_left_in_time() {
    for (server, client) in [
        (env!("CARGO_BIN_EXE_1-blocking"), "such as client 2"),
        (env!("CARGO_BIN_EXE_2-threads"), "such as client 2"),
    ] {
        let begun = Instant::now();
        visit(&["--patience", "1"], server)
            .code(1)
            .stdout(contains("stuck: for 1 s no client received anything").and(contains(client)))
            .stdout(contains("cargo run -- check 3"));
        assert!(begun.elapsed() < Duration::from_secs(6));
    }
}

fn who_never_listens_is_not_waited_for() {
    let begun = Instant::now();
    visit_wrong("never_listens")
        .code(1)
        .stdout(contains("nothing listens at 127.0.0.1:").and(contains("does not listen at")));
    assert!(begun.elapsed() < Duration::from_secs(6));
}

#[test]
fn who_has_ended_is_not_waited_for() {
    crowd(&[], &[env!("CARGO_BIN_EXE_5-names"), "--port", "{port}"])
        .code(1)
        .stdout(
            contains("the server ended before it listened: ").and(contains("│ Usage: 5-names")),
        );
}

#[test]
fn the_time_for_all_is_bounded() {
    let begun = Instant::now();
    let options = ["--messages", "1000000", "--seconds", "1"];
    visit(&options, NAMES)
        .code(1)
        .stdout(contains("not done when the time was up"))
        .stdout(contains("your server needs more time for so many messages"))
        .stdout(contains("lost").not());
    assert!(begun.elapsed() < Duration::from_secs(6));
}

fn one_who_reads_nothing_freezes_step_5() {
    let options = ["--stalled", "1", "--messages", "20000", "--patience", "1"];
    visit(&options, NAMES)
        .code(1)
        .stdout(contains(
            "stuck: for 1 s no client received anything; 6 clients wait",
        ))
        .stdout(contains(
            "one client that never reads freezes the whole room",
        ))
        .stdout(contains("stalled, cut off     0 of 1"));
}

fn nobody_freezes_step_6() {
    let options = ["--stalled", "1", "--messages", "7000", "--seconds", "150"];
    let said = visit(&options, BACKPRESSURE)
        .code(0)
        .stdout(contains(ALL_WELL));
    // Elsewhere the operating system may keep all of it for somebody who reads nothing.
    if cfg!(target_os = "linux") {
        said.stdout(contains("stalled, cut off     1 of 1"));
    }
}

#[test]
fn who_sends_without_end_is_left_in_time() {
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
    let words = [&words[..], &["--bin", "5-names"]].concat();
    let mut command = workshop(&words);
    command.env("CARGO", "no-cargo-here"); // What lies beside it, then: it is built.
    let said = command.assert().code(0);
    let table = text(&said);
    let mut lines = table.lines().skip(1);
    let names: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(names[..2], ["5-names", "3-broadcast"], "{table}");
    let rate = lines.find(|line| line.contains("deliveries / s")).unwrap();
    let ratio = rate.split_whitespace().last().unwrap();
    assert!(
        ratio.parse::<f64>().is_ok_and(|ratio| ratio > 0.0),
        "{rate}"
    );
}

/// A thousand clients are more descriptors than some systems allow.
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
    let programs = ["--bin", "6-backpressure", "--against", "5-names"];
    let mut command = workshop(&[&few[..], &programs].concat());
    command.env("CARGO", "no-cargo-here");
    command.assert().code(0).stdout(contains("Picture"));
    let drawn = folder.read("plot.svg");
    for clients in [2, 20, 200] {
        assert!(
            drawn.contains(&format!(">{clients} clients</text>")),
            "{drawn}"
        );
        let told = format!("With {clients} clients: 6-backpressure ");
        assert!(drawn.contains(&told), "{drawn}");
    }
    assert_eq!(drawn.matches("class=\"one\"").count(), 3, "{drawn}");
}

#[test]
fn a_server_that_runs_is_visited_where_it_is() {
    let server = Server::start(crate::step::names());
    let before = server.holds();
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
    server.holds_again(before);
}

/// What becomes of a server that runs, in the middle of the talk, and what is said of it.
#[cfg(unix)]
pub mod in_the_middle {
    use std::net::{SocketAddr, TcpStream};
    use std::process::{Child, Command, Stdio};
    use std::thread;

    use super::{NAMES, text, workshop};
    use crate::client::Client;
    use crate::wait::eventually;

    at_once! {
        a_server_that_is_stopped_hangs
    }

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

        fn gets(&self, signal: &str) {
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

    /// A crowd talks, and once somebody else has heard it talk, the server gets a signal.
    fn crowd_while_it_gets(signal: &str, options: &[&str]) -> String {
        let server = Running::start();
        let mut spy = Client::connect("spy", server.1);
        let address = server.1.to_string();
        let few = ["crowd", "--clients", "6", "--messages", "1000000"];
        let words = [&few[..], &["--patience", "1", "--at", &address], options].concat();
        thread::scope(|scope| {
            let crowd = scope.spawn(|| workshop(&words).assert().code(1));
            while !spy.next_line().unwrap().contains("says: crowd ") {}
            server.gets(signal);
            text(&crowd.join().unwrap())
        })
    }

    #[test]
    fn a_server_that_is_killed_has_ended() {
        let said = crowd_while_it_gets("-KILL", &[]);
        assert!(
            said.contains("the server ended: nothing listens at 127.0.0.1:"),
            "{said}"
        );
        assert!(
            said.contains("your server ended, and every client was disconnected"),
            "{said}"
        );
        assert!(
            !said.contains("disconnects clients that are not slow"),
            "{said}"
        );
    }

    fn a_server_that_is_stopped_hangs() {
        for options in [&[][..], &["--stalled", "1"]] {
            let said = crowd_while_it_gets("-STOP", options);
            assert!(
                said.contains("stuck: for 1 s no client received anything"),
                "{said}"
            );
            assert!(said.contains("your server hangs"), "{said}");
            assert!(!said.contains("your server loses lines"), "{said}");
            assert!(!said.contains("one client that never reads"), "{said}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn too_few_descriptors_are_told_beforehand() {
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
fn wrong_words_are_refused() {
    for (words, said) in [
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
            .stderr(contains(said).and(contains("Usage: cargo run -- crowd")));
    }
}

fn text(said: &Assert) -> String {
    String::from_utf8(said.get_output().stdout.clone()).unwrap()
}
