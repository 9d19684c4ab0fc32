//! The ports and processes of the servers that `check` starts.

use std::thread;

use crate::workshop::workshop;

const BROADCAST: &str = env!("CARGO_BIN_EXE_3-broadcast");

#[test]
fn parallel_checks_do_not_share_ports() {
    let command = ["--", BROADCAST, "{address}"];
    let ours = ["--bin", "3-broadcast"];
    let has_cargo = !cfg!(windows); // Under Wine there is none.
    thread::scope(|scope| {
        for number in 0..12 {
            let is_ours = has_cargo && number % 2 == 0;
            let words = if is_ours { &ours[..] } else { &command[..] };
            let mut check = workshop(&["check", "3", "--patience", "20", "--sessions", "4"]);
            scope.spawn(move || check.args(words).assert().success().stderr(""));
        }
    });
}

#[cfg(unix)]
mod scripts {
    use predicates::str::contains;

    use super::{BROADCAST, workshop};
    use crate::workshop::Folder;

    /// Runs check 3 on a shell script, whose `$0` is a right server and `$1` its address.
    fn check(script: &str) -> assert_cmd::assert::Assert {
        let words = [
            "check",
            "3",
            "--sessions",
            "5",
            "--",
            "sh",
            "-c",
            script,
            BROADCAST,
            "{address}",
        ];
        workshop(&words).assert()
    }

    #[test]
    fn a_server_whose_port_is_taken_gets_another() {
        let folder = Folder::new("taken");
        let first = folder.0.join("first");
        let first = first.display();
        check(&format!(
            "mkdir '{first}' 2>&- && echo 'Address already in use' >&2 && exit 1; exec \"$0\" \"$1\""
        ))
        .success();
        check("echo 'Address already in use' >&2; exit 1")
            .code(1)
            .stdout(contains("│ Address already in use").count(1));
    }

    #[test]
    fn an_exit_is_reported_while_a_child_prints_without_end() {
        check("yes & exit 3")
            .code(1)
            .stdout(contains("exit status: 3"));
    }

    /// Here another process listens at that address. So it works where the operating system does
    /// not tell who listens, too.
    #[test]
    fn a_server_that_announces_another_address_fails_soon() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let port = address.port();
        check(&format!(
            "echo 'Server listening at http://localhost:{port}/'; exec sleep 600"
        ))
        .code(1)
        .stdout(contains(" for 1 s\n"))
        .stdout(contains(format!("but something listens at {address}\n")));
    }

    /// Servers that are no longer children of their command.
    #[cfg(target_os = "linux")]
    mod in_the_background {
        use super::{BROADCAST, Folder, check, contains, workshop};

        const NOTICE: &str = "your command goes on in the background";

        fn is_running(process: &str) -> bool {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
            stat.is_ok_and(|stat| !stat.contains(") Z "))
        }

        /// Runs check 3 on a script that logs the ids of the processes it starts. Also returns
        /// those that still run.
        fn check_noting(
            name: &str,
            script: impl Fn(&str) -> String,
        ) -> (assert_cmd::assert::Assert, Vec<String>) {
            let folder = Folder::new(name);
            let process = folder.0.join("process");
            let output = check(&script(&format!("echo $! >> '{}'", process.display())));
            let noted = folder.read("process");
            let noted = noted.split_whitespace().map(str::to_string);
            (
                output,
                noted.filter(|process| is_running(process)).collect(),
            )
        }

        #[test]
        fn a_daemon_is_checked_and_killed() {
            let (output, left) = check_noting("daemon", |note| {
                format!("(sleep 0.3; exec \"$0\" \"$1\") >&- 2>&- & {note}")
            });
            output.success().stderr(contains(NOTICE).count(1));
            assert_eq!(left, [""; 0]);
        }

        /// During `exec`, `/proc/PID/environ` is briefly empty.
        #[test]
        fn a_daemon_that_calls_exec_many_times_is_found() {
            const SCRIPT: &str = "n=$1; s=$2; shift 2; [ $n -gt 0 ] && exec sh -c \"$s\" sh $((n - 1)) \"$s\" \"$@\"; exec \"$@\"";
            let (output, left) = check_noting("chain", |note| {
                format!("s='{SCRIPT}'; (sh -c \"$s\" sh 50 \"$s\" \"$0\" \"$1\") >&- 2>&- & {note}")
            });
            output.success().stderr(contains(NOTICE).count(1));
            assert_eq!(left, [""; 0]);
        }

        /// It is in the command's process group: that is no server in the background.
        #[test]
        fn one_that_is_no_child_of_its_command_is_ended_with_it() {
            let (output, left) = check_noting("stranger", |note| {
                format!("(\"$0\" \"$1\" >&- 2>&- & {note}); exec sleep 600")
            });
            output.success().stderr("");
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn a_daemon_in_a_session_of_its_own_is_found() {
            let (output, left) = check_noting("setsid", |note| {
                format!("(sleep 0.3; exec setsid \"$0\" \"$1\") >&- 2>&- & {note}")
            });
            output.success().stderr(contains(NOTICE).count(1));
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn a_daemon_that_never_listens_is_ended() {
            let (output, left) =
                check_noting("deaf", |note| format!("setsid sleep 600 >&- 2>&- & {note}"));
            output.code(1).stdout(contains("exit status: 0"));
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn one_in_a_group_of_its_command_s_own_is_ended() {
            let (output, left) = check_noting("timeout", |note| {
                let note = note.replace('!', "$");
                format!("exec timeout 600 sh -c \"{note}; exec \\\"\\$0\\\" \\$1\" \"$0\" \"$1\"")
            });
            output.success().stderr("");
            assert_eq!(left, [""; 0]);
        }

        /// A child of it survives that, and must not survive the check.
        #[test]
        fn one_that_signals_its_whole_group_is_ended() {
            let (output, left) = check_noting("signals", |note| {
                format!("(trap '' TERM; exec sleep 600) & {note}; sleep 0.2; kill 0")
            });
            output.code(1).stdout(contains("signal: 15"));
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn one_with_an_environment_of_its_own_is_found_by_its_group() {
            let folder = Folder::new("printed");
            let printed = folder.0.join("printed");
            let printed = printed.display();
            let (output, left) = check_noting("clean", |note| {
                format!(
                    "env -i \"$0\" \"$1\" > '{printed}' 2>&- & {note}; until grep -q Listening '{printed}'; do :; done"
                )
            });
            output.success().stderr(contains(NOTICE).count(1));
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn a_daemon_that_never_listens_is_killed() {
            let (output, left) =
                check_noting("idle", |note| format!("sleep 600 >&- 2>&- & {note}"));
            output
                .code(1)
                .stdout(contains("exit status: 0"))
                .stderr(contains(NOTICE).count(1));
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn a_daemon_that_cannot_be_killed_makes_the_status_2() {
            let folder = Folder::new("immortal");
            let process = folder.0.join("process");
            let script = format!(
                "\"$0\" \"$1\" >&- 2>&- & echo $! >> '{}'",
                process.display()
            );
            let words = [
                "check",
                "3",
                "--",
                "/bin/sh",
                "-c",
                &script,
                BROADCAST,
                "{address}",
            ];
            let mut check = workshop(&words);
            check.env("PATH", "/nowhere"); // So there is no `sh` to run `kill`.
            let output = check.assert();
            let process = folder.read("process");
            let process = process.trim();
            assert!(is_running(process), "exactly one process: {process}");
            let kill = std::process::Command::new("kill").arg(process).status();
            assert!(kill.unwrap().success());
            let left = "something still listens at 127.0.0.1:";
            output.code(2).stderr(contains(left).count(1));
        }
    }
}

/// The learner's own program: where it listens, and where it says it does.
#[cfg(not(windows))]
mod own {
    use predicates::str::contains;

    use crate::workshop::Learner;

    const ANNOUNCES: &str = "println!(\"Listening on {} ...\", listener.local_addr()?);";
    const BINDS: &str = "TcpListener::bind(address)?";

    /// Checks step 1 with a part of it replaced.
    fn check_with(learner: &Learner, part: &str, other: &str) -> assert_cmd::assert::Assert {
        learner.run(&["start", "1", "--force"]).success();
        learner.replace_in_main(part, other);
        learner.run(&["check", "1", "--sessions", "4"])
    }

    #[test]
    fn the_announcement_of_the_address_is_free_text() {
        let learner = Learner::new("says");
        for other in [
            "",
            "println!(\"Ready.\");",
            "println!(\"Hello!\\nListening on {}\", listener.local_addr()?);",
            "println!(\"Listening on {address} ...\");",
        ] {
            check_with(&learner, ANNOUNCES, other).success().stderr("");
        }
    }

    #[test]
    fn a_server_that_ignores_its_argument_fails_soon() {
        let learner = Learner::new("ignores");
        let port = 10000 + std::process::id() % 9000;
        let address = format!("127.0.0.1:{port}");
        let output = check_with(
            &learner,
            BINDS,
            &format!("TcpListener::bind(\"{address}\")?"),
        );
        output
            .code(1)
            .stdout(contains(" for 1 s\n"))
            .stdout(contains(format!("but something listens at {address}\n")));
    }
}
