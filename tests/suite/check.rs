//! `check`, both ways: each step passes its own check, and fails the next one as its chapter says.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use crate::bugs::wrong_server;
use crate::redis;
use crate::server::Server;
use crate::step::{self, Step};
use crate::wait::{WAIT, within};
use crate::workshop::{stdout, workshop};

/// The step that starts two servers, with a Redis.
const INSTANCES: usize = 12;
const BLOCKING: &str = env!("CARGO_BIN_EXE_1-blocking");
const BROADCAST: &str = env!("CARGO_BIN_EXE_3-broadcast");

/// Of the seven turns up to the failure two matter: a client connects, and sends a zero byte. The
/// server then says too little, so each try waits: on a busy machine that must make no difference.
#[test]
fn of_a_random_session_only_what_matters_is_shown() {
    let server = wrong_server();
    let words = ["check", "1", "--seed", "13", "--patience", "1", "--"];
    let words = [&words[..], &[&server, "stops_at_zero", "{address}"]].concat();
    let check = workshop(&words).assert().code(1);
    let printed = String::from_utf8_lossy(&check.get_output().stdout).into_owned();
    let (_, session) = printed
        .split_once("Smallest failing session found:\n")
        .unwrap();
    let (session, failure) = session.split_once("  ✗ ").unwrap();
    let turns: Vec<&str> = session.lines().map(str::trim).collect();
    assert_eq!(turns.len(), 2, "{printed}");
    assert!(turns[0].ends_with(" connects"), "{printed}");
    let (last, _) = turns[1].split_once("   ").unwrap();
    assert!(
        last.contains("\\u{0}") && failure.starts_with(last),
        "{printed}"
    );
}

#[test]
fn every_step_passes_its_own_check() {
    with_each_step(|number, step| {
        if number < INSTANCES || redis::is_installed() {
            passes(number, step.program, "40");
        }
    });
}

/// All but the last step: the test of `check` without a number runs all checks on that one.
#[test]
#[ignore = "takes long: .ci/run runs it"]
fn every_step_passes_all_checks_before_its_own() {
    with_each_step(|number, step| {
        if number < INSTANCES {
            (1..number).for_each(|check| passes(check, step.program, "4"));
        }
    });
}

/// Tests all steps in parallel: most of the time is waiting.
fn with_each_step(test: fn(usize, Step)) {
    thread::scope(|scope| {
        for (number, step) in (1..).zip(step::all()) {
            scope.spawn(move || test(number, step));
        }
    });
}

fn passes(check: usize, program: &str, sessions: &str) {
    let number = check.to_string();
    let words = ["check", &number, "--sessions", sessions, "--", program];
    workshop(&words)
        .args(["{address}", "{redis}"])
        .assert()
        .code(0)
        .stdout(contains(format!("check {check} passed")))
        .stderr("");
}

#[test]
fn step_1_fails_check_2_because_it_serves_one_at_a_time() {
    fails(
        2,
        "✗ bob says \"yo\" and hears nothing",
        "your server talks to one client at a time.",
    );
}

#[test]
fn step_2_fails_check_3_because_nobody_hears_anybody_else() {
    fails(
        3,
        "✗ alice says \"hi\" and hears \"hi\"",
        "no client receives\n               another's messages.",
    );
}

#[test]
fn step_3_fails_check_4_because_it_takes_a_chunk_for_a_message() {
    fails(
        4,
        "hears \"{alice} says: hel",
        "treats each read() as one message",
    );
}

#[test]
fn step_4_fails_check_5_because_it_knows_no_commands() {
    fails(
        5,
        "hears \"{alice} says: /up Hello\"",
        "does not know this command",
    );
}

#[test]
fn step_5_fails_check_6_because_it_knows_no_names() {
    fails(
        6,
        "hears \"Unknown command: /nick. Try /help.\"",
        "does not know this command",
    );
}

#[test]
fn step_6_fails_check_7_because_one_who_does_not_read_freezes_the_room() {
    fails(
        7,
        "then carol read, and it came at once",
        "for one client that does not",
    );
}

#[test]
fn step_7_fails_check_8_because_a_flood_disconnects_who_reads_slowly() {
    fails(
        8,
        "and alice is disconnected",
        "disconnects a client that reads, because another one",
    );
}

#[test]
fn step_9_fails_check_10_because_anybody_can_take_a_name() {
    fails(
        10,
        "mallory asks for the key and is taken for Alice",
        "gives a name to the first who asks",
    );
}

#[test]
fn step_10_fails_check_11_because_its_accounts_end_with_it() {
    fails(
        11,
        "mallory asks the next one for alice's name and gets it",
        "keeps its accounts in memory only",
    );
}

#[test]
fn step_11_fails_check_12_because_it_takes_no_redis() {
    if redis::is_installed() {
        fails(
            INSTANCES,
            "sees the server exit",
            "your program exited before any client could connect",
        );
    }
}

#[test]
fn check_12_needs_a_command_with_a_place_for_redis() {
    let program = step::ledger().program;
    let output = workshop(&["check", "12", "--", program, "{address}"]).assert();
    if redis::is_installed() {
        output
            .code(2)
            .stderr(contains("your command has no {redis} among its arguments"));
    } else {
        output
            .code(2)
            .stderr(contains("step 12 needs the program redis-server"));
    }
    let server = Server::start(step::ledger());
    let address = server.address.to_string();
    let output = workshop(&["check", "12", "--at", &address]).assert();
    output
        .code(2)
        .stderr(contains("check 12 starts two servers"));
}

/// The step before this one fails its check with these words. There are three tries, because on a
/// busy machine an answer may come too late to be explained.
fn fails(number: usize, seen: &str, means: &str) {
    let step = step::all()[number - 2].program;
    let number_word = number.to_string();
    let words = [
        "check",
        &number_word,
        "--",
        step,
        "{address}",
        "{file}",
        "{redis}",
    ];
    let next = format!(
        "cargo run -- hint {number} · cargo run -- show {}",
        number - 1
    );
    let is_reported = |output: &String| {
        [seen, means, &next]
            .iter()
            .all(|part| output.contains(part))
    };
    let tries = (0..3).map(|_| workshop(&words).assert().code(1));
    let output = tries.map(|check| stdout(&check));
    let output: Vec<String> = output.take_while(|output| !is_reported(output)).collect();
    assert!(output.len() < 3, "{}", output.concat());
}

#[test]
fn without_a_number_check_stops_at_the_first_failure() {
    let all = step::all();
    let output = |number: usize| {
        let program = all[number - 1].program;
        let (sessions, places) = (["--sessions", "4"], ["{address}", "{redis}"]);
        let words = [&["check"][..], &sessions, &["--", program], &places];
        workshop(&words.concat()).assert()
    };
    for number in [1, 4] {
        let next = format!("hint {}", number + 1);
        output(number)
            .code(1)
            .stdout(contains(format!("check {number}: ")).and(contains(next)));
    }
}

#[test]
fn an_answer_printed_instead_of_sent_is_reported() {
    let server = wrong_server();
    let words = [
        "check",
        "1",
        "--patience",
        "0.5",
        "--",
        &server,
        "prints_the_answer",
        "{address}",
    ];
    let output = workshop(&words).assert().code(1);
    output.stdout(contains(
        "your server printed it to stdout instead of sending it\n",
    ));
    let words = [
        "check",
        "2",
        "--patience",
        "0.5",
        "--",
        step::blocking().program,
        "{address}",
    ];
    let output = workshop(&words).assert().code(1);
    output.stdout(contains("has printed").not());
}

/// A test in `src/commands/check.rs` decides which answers count. On a busy machine too few of
/// these may take 40 ms: it is tried until enough do.
#[test]
fn answers_that_may_have_been_held_back_are_reported() {
    let server = wrong_server();
    let words = [
        "check",
        "2",
        "--sessions",
        "0",
        "--",
        &server,
        "dawdles",
        "{address}",
    ];
    within(WAIT * 6, "the remark on Nagle's algorithm", || {
        let check = workshop(&words).assert().success();
        stdout(&check).contains("answers took about 40 ms.")
    });
}

#[test]
fn skipped_scenes_are_reported() {
    let program = step::ledger().program;
    let words = ["check", "11", "--sessions", "1", "--", program, "{address}"];
    let output = workshop(&words).assert().success();
    output.stdout(contains("  - not tried: your command has no {file}"));
    let words = [
        "check",
        "11",
        "--sessions",
        "1",
        "--",
        program,
        "{address}",
        "{file}",
    ];
    let output = workshop(&words).assert().success();
    output.stdout(contains("not tried").not());
}

/// An echo does not know its clients' addresses. So the first two checks recognize a chat, and the
/// third reports its bug. There are three tries, because on a busy machine no cause may be found.
#[test]
fn a_chat_with_a_bug_is_not_judged_as_an_echo() {
    let server = wrong_server();
    let words = ["check", "--patience", "1", "--", &server, "no_newline"];
    let mut tries = (0..3).map(|_| {
        let check = workshop(&words).arg("{address}").assert().code(1);
        stdout(&check)
    });
    let is_reported = |output: &String| {
        assert!(output.contains("hint 3"), "{output}");
        assert_eq!(output.matches('✗').count(), 1, "{output}");
        output.contains("your server omits the newline")
    };
    assert!(tries.any(|output| is_reported(&output)));
}

/// A scene that fails beside others is played again, and must be reported once. (On Windows,
/// shutting a connection down does not wake a blocked read: there, an earlier scene fails.)
#[cfg(not(windows))]
#[test]
fn a_failing_scene_is_reported_once() {
    let server = wrong_server();
    let words = ["check", "10", "--patience", "1", "--", &server, "counts_on"];
    let check = workshop(&words).arg("{address}").assert().code(1);
    let output = stdout(&check);
    let (_, scene) = output.split_once("check 10: wrong keys\n").unwrap();
    let mut passed = scene.lines().filter(|line| line.contains('✓'));
    let logged_in = passed.clone().filter(|line| line.contains("Welcome back"));
    assert_eq!(logged_in.count(), 1, "{output}");
    assert!(passed.next().unwrap().contains("/register Bob"), "{output}");
    assert_eq!(passed.count(), 4, "{output}");
}

/// The scene for two servers, on one: alice does receive bob's line.
#[test]
fn one_server_is_not_shown_as_two_rooms() {
    let server = Server::start(step::ledger());
    let address = server.address.to_string();
    let output = workshop(&["show", "11", "--at", &address]).assert();
    output.success().stdout(contains("nothing for").not());
}

/// A check of a right server takes about a second on a quiet machine, whatever the patience.
#[test]
fn a_right_server_never_costs_a_timeout() {
    let patience = Duration::from_secs(60);
    let seconds = patience.as_secs().to_string();
    let begun = Instant::now();
    workshop(&["check", "3", "--patience", &seconds, "--", BROADCAST])
        .arg("{address}")
        .assert()
        .success();
    assert!(begun.elapsed() < patience, "{:?}", begun.elapsed());
}

#[test]
fn a_running_server_can_be_checked() {
    let server = Server::start(step::broadcast());
    let mut alice = server.connect("alice");
    server.round_trip(&mut alice); // A client that is there before the check must not disturb it.
    let address = server.address.to_string();
    for _ in 0..2 {
        workshop(&["check", "3", "--at", &address])
            .assert()
            .success();
    }
    workshop(&["check", "3", "--at", "nowhere"])
        .assert()
        .code(2)
        .stderr(contains("not an address"));
}

#[test]
fn a_bare_port_is_refused_with_a_suggestion() {
    let meant = "Did you mean 127.0.0.1:1337 or [::]:1337?";
    for address in [":1337", "1337"] {
        for words in [
            &["check", "1", "--at", address][..],
            &["crowd", "--at", address],
        ] {
            workshop(words).assert().code(2).stderr(contains(meant));
        }
        let talk = workshop(&["talk", address]).assert();
        talk.code(1).stderr(contains(meant));
    }
}

#[test]
fn an_address_where_nothing_listens_makes_the_status_2() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let check = workshop(&["check", "3", "--at", &address.unwrap().to_string()]).assert();
    check
        .code(2)
        .stdout("")
        .stderr(contains("nothing listens at 127.0.0.1:"));
}

#[test]
fn host_and_port_are_filled_in() {
    workshop(&["check", "1", "--", BLOCKING, "{host}:{port}"])
        .assert()
        .success();
}

#[test]
fn a_program_that_cannot_run_makes_the_status_2() {
    let check = workshop(&["check", "1", "--", "no-such-program", "{port}"]).assert();
    check
        .code(2)
        .stdout(contains("check 1"))
        .stderr(contains("cannot run 'no-such-program'"));
}

/// Under Wine there is no cargo.
#[cfg(not(windows))]
mod with_cargo {
    use super::{contains, redis, workshop};
    use crate::workshop::Learner;

    #[test]
    fn a_program_of_this_package_is_built_and_checked() {
        workshop(&["check", "1", "--bin", "1-blocking"])
            .assert()
            .success();
        let check = workshop(&["check", "1", "--bin", "9-nothing"]).assert();
        check.code(2).stderr(contains("9-nothing did not build"));
    }

    #[test]
    fn the_map_marks_what_your_program_has_passed() {
        let learner = Learner::new("marks");
        let compare = "git diff --no-index src/bin/mine/main.rs steps/2-threads/main.rs\n";
        let started = learner.run(&["start", "1"]).success();
        started.stdout(contains(format!("When done      {compare}")));
        let shows = |marks: [&str; 2]| {
            let map = learner.run(&[]).success();
            marks
                .iter()
                .fold(map, |map, mark| map.stdout(contains(*mark)))
        };
        shows(["✓ 1-blocking", "→ 2-threads"]);
        learner.run(&["check", "2"]).code(1);
        shows(["✓ 1-blocking", "→ 2-threads"]);
        learner.replace_in_main(
            "                let _ = echo(client);",
            "                std::thread::spawn(|| echo(client));",
        );
        let passes = learner.run(&["check", "2", "--sessions", "2"]).success();
        passes.stdout(contains(format!("Compare        {compare}")));
        shows(["✓ 2-threads", "→ 3-broadcast"]).stdout(contains("Next: cargo run -- check 3"));
        learner.replace_in_main("fn main() {", "fn main() { std::process::exit(0);");
        learner.run(&["check", "1"]).code(1);
        shows(["→ 1-blocking", "  2-threads"]);
    }

    const OUTPUT_OF_STEP_4: &str = include_str!("../../steps/4-lines/output.rs");

    #[test]
    #[ignore = "takes long: .ci/run runs it"]
    fn what_start_writes_passes_until_it_is_broken() {
        let learner = Learner::new("mine");
        let begun = learner.run(&["start", "0"]).success();
        begun
            .stdout(contains("src/bin/mine/main.rs: an empty main."))
            .stdout(contains("cargo run -- check 1"));
        let check = learner.run(&["check", "1"]).code(1);
        check.stdout(contains("sees the server exit"));
        for number in 1..=crate::step::all().len() {
            if number == super::INSTANCES && !redis::is_installed() {
                continue;
            }
            let step = &number.to_string();
            learner.run(&["start", step, "--force"]).success();
            let given = match number {
                4 => Some("clock.rs"),
                6 => Some("output.rs"),
                9 => Some("sha256.rs"),
                11 => Some("redis.rs"),
                _ => None,
            };
            match given {
                // The program has one, which the next step replaces.
                Some("output.rs") => learner.write("output.rs", OUTPUT_OF_STEP_4),
                Some(name) => learner.remove(name),
                None => {}
            }
            let check = learner.run(&["check", step, "--sessions", "4"]).success();
            if let Some(name) = given {
                check.stdout(contains(format!("Given to you   src/bin/mine/{name}")));
                learner.remove(name); // `check` has put it there.
            }
        }
        if redis::is_installed() {
            // The program of step 12 takes no file.
            let check = learner.run(&["check", "11", "--sessions", "1"]).success();
            check.stdout(contains("not tried: your program takes a Redis"));
            let shown = learner.run(&["show", "11", "--bin", "mine"]).success();
            shown.stdout(contains("nothing is wrong here"));
        }
        learner.replace_in_main("fn main() {", "fn main() { let x: u8 = \"one\";");
        let check = learner.run(&["check", "3"]);
        check
            .code(2)
            .stderr(contains("mismatched types"))
            .stderr(contains("mine did not build"));
    }
}

/// Programs that are hard to stop, or never stop printing.
#[cfg(unix)]
mod stubborn {
    use super::{BLOCKING, contains, redis, step, workshop};
    use crate::wait::eventually;
    use crate::workshop::Folder;
    use std::net::TcpStream;

    /// Runs check 1 on a shell script, whose `$0` is a right server and `$1` its address.
    fn check(script: &str) -> assert_cmd::assert::Assert {
        let words = [
            "check",
            "1",
            "--patience",
            "1",
            "--sessions",
            "4",
            "--",
            "sh",
            "-c",
            script,
            BLOCKING,
            "{address}",
        ];
        workshop(&words).assert()
    }

    #[test]
    fn the_children_of_a_command_are_stopped_with_it() {
        let folder = Folder::new("children");
        let process = folder.0.join("process");
        check(&format!(
            "\"$0\" \"$1\" & echo $! > '{}'; wait",
            process.display()
        ))
        .success();
        let process = folder.read("process");
        eventually("the end of the server", || !is_running(process.trim()));
    }

    /// Whether this process ignores SIGINT, and so do its children (known on Linux only).
    fn ignores_interrupts() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        ignored.is_some_and(|mask| mask & 0b10 != 0)
    }

    #[test]
    fn killing_check_kills_its_server() {
        for signal in ["-KILL", "-TERM", "-INT"] {
            if signal == "-INT" && ignores_interrupts() {
                return println!(
                    "Not tried: Ctrl-C is ignored here, as in a job in the background."
                );
            }
            let folder = Folder::new("killed");
            let noted = folder.0.join("noted");
            let process = if cfg!(target_os = "linux") {
                // A daemon and a child of the command, too.
                "{ setsid sleep 600 & echo $!; sleep 600 & echo $! $$; }"
            } else {
                "echo $$"
            };
            let script = format!("{process} > '{}'; exec sleep 600", noted.display());
            let mut check = std::process::Command::new(env!("CARGO_BIN_EXE_workshop"));
            let words = [
                "check",
                "1",
                "--patience",
                "60",
                "--",
                "sh",
                "-c",
                &script,
                "{address}",
            ];
            let check = check.args(words).stdout(std::process::Stdio::null());
            let mut check = check.spawn().unwrap();
            let noted = || std::fs::read_to_string(&noted).unwrap_or_default();
            eventually("the server", || noted().ends_with('\n'));
            let kill = std::process::Command::new("kill")
                .args([signal, &check.id().to_string()])
                .status();
            assert!(kill.unwrap().success());
            check.wait().unwrap();
            for process in noted().split_whitespace() {
                eventually("the end of the server", || !is_running(process));
            }
        }
    }

    /// Check 12 starts two servers, and a Redis for both.
    #[test]
    fn killing_check_12_kills_both_servers() {
        if !redis::is_installed() {
            return;
        }
        let folder = Folder::new("both-killed");
        let noted = folder.0.join("noted");
        let script = format!(
            "echo $$ $2 >> '{}'; exec \"$0\" \"$1\" \"$2\"",
            noted.display()
        );
        let mut check = std::process::Command::new(env!("CARGO_BIN_EXE_workshop"));
        check.args(["check", "12", "--", "sh", "-c", &script]);
        let check = check.args([step::instances().program, "{address}", "{redis}"]);
        let mut check = check.stdout(std::process::Stdio::null()).spawn().unwrap();
        let noted = || std::fs::read_to_string(&noted).unwrap_or_default();
        eventually("two servers", || noted().lines().count() == 2);
        let noted = noted();
        check.kill().unwrap();
        check.wait().unwrap();
        for line in noted.lines() {
            let (process, redis) = line.split_once(" redis://").unwrap();
            eventually("the end of the server", || !is_running(process));
            eventually("the end of Redis", || TcpStream::connect(redis).is_err());
        }
    }

    /// Zombies do not count.
    fn is_running(process: &str) -> bool {
        let ps = std::process::Command::new("ps")
            .args(["-o", "stat=", "-p", process])
            .output();
        let state = String::from_utf8(ps.unwrap().stdout).unwrap();
        !state.trim().is_empty() && !state.trim().starts_with('Z')
    }

    #[test]
    fn a_server_that_ignores_signals_is_killed() {
        check("trap '' TERM INT HUP; \"$0\" \"$1\"").success();
    }

    #[test]
    fn endless_output_does_not_block_the_check() {
        check("yes & yes >&2 & exec \"$0\" \"$1\"").success();
    }

    #[test]
    fn a_child_that_keeps_stdout_open_does_not_hang_the_check() {
        check("sleep 600 & exec \"$0\" \"$1\"").success();
    }

    #[test]
    fn stderr_of_a_server_that_exited_is_shown() {
        let check = check("echo 'no idea how' >&2; exit 3");
        check
            .code(1)
            .stdout(contains("exit status: 3"))
            .stdout(contains("│ no idea how"));
    }

    #[test]
    fn stdout_of_a_server_that_exited_is_shown() {
        let check = check("echo 'no input file'; exit 1");
        check
            .code(1)
            .stdout(contains("on its standard output:"))
            .stdout(contains("│ no input file"))
            .stdout(contains(
                "your program exited before any client could connect",
            ));
    }

    #[test]
    fn a_server_that_sends_without_end_fails() {
        // Neither a chat nor an echo: `yes` on a connection.
        let script = "exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => shift, Listen => 5, ReuseAddr => 1); \
             while ($c = $s->accept) { if (!fork) { while (print $c \"yes\\n\" x 1000) {} exit } }' \"$1\"";
        if std::process::Command::new("perl")
            .arg("-v")
            .output()
            .is_err()
        {
            return println!("Not tried: no perl");
        }
        check(script).code(1).stdout(contains("It means"));
    }
}
