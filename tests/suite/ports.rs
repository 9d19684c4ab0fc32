//! Where a server listens that `check` starts: at a port of its own, whatever else runs.

use std::thread;

use crate::workshop::workshop;

const BROADCAST: &str = env!("CARGO_BIN_EXE_3-broadcast");

at_once! {
    checks_that_run_at_once_never_meet
}

fn checks_that_run_at_once_never_meet() {
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
pub mod scripts {
    use predicates::str::contains;

    use super::{BROADCAST, workshop};
    use crate::workshop::Folder;

    at_once! {
        one_that_ends_while_a_child_of_it_prints_without_end_is_told
    }

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
    fn one_that_finds_its_port_taken_gets_another() {
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

    fn one_that_ends_while_a_child_of_it_prints_without_end_is_told() {
        check("yes & exit 3")
            .code(1)
            .stdout(contains("exit status: 3"));
    }

    /// Also where the operating system does not tell at which port it listens: here, somebody else does.
    #[test]
    fn one_that_says_that_it_listens_elsewhere_is_not_waited_for() {
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

    /// Servers that are no children of their command any more.
    #[cfg(target_os = "linux")]
    pub mod in_the_background {
        use super::{BROADCAST, Folder, check, contains, workshop};

        const TOLD: &str = "your command goes on in the background (process ";

        at_once! {
            one_that_outlives_its_command_is_checked_and_ended
            one_that_is_no_child_of_its_command_is_ended_with_it
            one_with_an_environment_of_its_own_is_found_by_its_group
            one_that_never_listens_is_ended_too
            one_that_cannot_be_ended_makes_the_status_2
        }

        fn is_running(process: &str) -> bool {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
            stat.is_ok_and(|stat| !stat.contains(") Z "))
        }

        /// Runs check 3 on a script that notes the processes of all that it starts. Returns those that still run, too.
        fn check_noting(
            name: &str,
            script: impl Fn(&str) -> String,
        ) -> (assert_cmd::assert::Assert, Vec<String>) {
            let folder = Folder::new(name);
            let process = folder.0.join("process");
            let said = check(&script(&format!("echo $! >> '{}'", process.display())));
            let noted = folder.read("process");
            let noted = noted.split_whitespace().map(str::to_string);
            (said, noted.filter(|process| is_running(process)).collect())
        }

        fn one_that_outlives_its_command_is_checked_and_ended() {
            let (said, left) = check_noting("daemon", |note| {
                format!("(sleep 0.3; exec \"$0\" \"$1\") >&- 2>&- & {note}")
            });
            said.success().stderr(contains(TOLD).count(1));
            assert_eq!(left, [""; 0]);
        }

        /// A process that becomes another program shows, for a moment, no environment.
        #[test]
        fn one_that_becomes_one_program_after_another_is_not_lost() {
            const SCRIPT: &str = "n=$1; s=$2; shift 2; [ $n -gt 0 ] && exec sh -c \"$s\" sh $((n - 1)) \"$s\" \"$@\"; exec \"$@\"";
            let (said, left) = check_noting("chain", |note| {
                format!("s='{SCRIPT}'; (sh -c \"$s\" sh 50 \"$s\" \"$0\" \"$1\") >&- 2>&- & {note}")
            });
            said.success().stderr(contains(TOLD).count(1));
            assert_eq!(left, [""; 0]);
        }

        /// It is in the command's process group: that is no server in the background.
        fn one_that_is_no_child_of_its_command_is_ended_with_it() {
            let (said, left) = check_noting("stranger", |note| {
                format!("(\"$0\" \"$1\" >&- 2>&- & {note}); exec sleep 600")
            });
            said.success().stderr("");
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn a_daemon_is_checked_and_ended() {
            let (said, left) = check_noting("setsid", |note| {
                format!("(sleep 0.3; exec setsid \"$0\" \"$1\") >&- 2>&- & {note}")
            });
            said.success().stderr(contains(TOLD).count(1));
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn a_daemon_that_never_listens_is_ended() {
            let (said, left) =
                check_noting("deaf", |note| format!("setsid sleep 600 >&- 2>&- & {note}"));
            said.code(1).stdout(contains("exit status: 0"));
            assert_eq!(left, [""; 0]);
        }

        #[test]
        fn one_in_a_group_of_its_command_s_own_is_ended() {
            let (said, left) = check_noting("timeout", |note| {
                let note = note.replace('!', "$");
                format!("exec timeout 600 sh -c \"{note}; exec \\\"\\$0\\\" \\$1\" \"$0\" \"$1\"")
            });
            said.success().stderr("");
            assert_eq!(left, [""; 0]);
        }

        /// A child of it survives that, and must not survive the check.
        #[test]
        fn one_that_signals_its_whole_group_is_ended() {
            let (said, left) = check_noting("signals", |note| {
                format!("(trap '' TERM; exec sleep 600) & {note}; sleep 0.2; kill 0")
            });
            said.code(1).stdout(contains("signal: 15"));
            assert_eq!(left, [""; 0]);
        }

        fn one_with_an_environment_of_its_own_is_found_by_its_group() {
            let folder = Folder::new("printed");
            let printed = folder.0.join("printed");
            let printed = printed.display();
            let (said, left) = check_noting("clean", |note| {
                format!(
                    "env -i \"$0\" \"$1\" > '{printed}' 2>&- & {note}; until grep -q Listening '{printed}'; do :; done"
                )
            });
            said.success().stderr(contains(TOLD).count(1));
            assert_eq!(left, [""; 0]);
        }

        fn one_that_never_listens_is_ended_too() {
            let (said, left) = check_noting("idle", |note| format!("sleep 600 >&- 2>&- & {note}"));
            said.code(1)
                .stdout(contains("exit status: 0"))
                .stderr(contains(TOLD).count(1));
            assert_eq!(left, [""; 0]);
        }

        fn one_that_cannot_be_ended_makes_the_status_2() {
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
            check.env("PATH", "/nowhere"); // Where there is no 'sh' to call 'kill'.
            let said = check.assert();
            let process = folder.read("process");
            let process = process.trim();
            assert!(
                is_running(process),
                "one, and no second one beside it: {process}"
            );
            let kill = std::process::Command::new("kill").arg(process).status();
            assert!(kill.unwrap().success());
            let left = "something still listens at 127.0.0.1:";
            said.code(2).stderr(contains(left).count(1));
        }
    }
}

/// The learner's own program, which may be wrong about where it listens, or about saying so.
#[cfg(not(windows))]
pub mod own {
    use predicates::str::contains;

    use crate::workshop::Learner;

    const SAYS_WHERE: &str = "println!(\"Listening on {} ...\", listener.local_addr()?);";
    const BINDS: &str = "TcpListener::bind(address)?";

    at_once! {
        a_right_one_may_say_where_it_listens_as_it_likes
        one_that_ignores_its_argument_is_told_so_soon
    }

    /// Checks step 1 with a part of it written otherwise.
    fn check_with(learner: &Learner, part: &str, other: &str) -> assert_cmd::assert::Assert {
        learner.run(&["start", "1", "--force"]).success();
        learner.rewrite(part, other);
        learner.run(&["check", "1", "--sessions", "4"])
    }

    fn a_right_one_may_say_where_it_listens_as_it_likes() {
        let learner = Learner::new("says");
        for other in [
            "",
            "println!(\"Ready.\");",
            "println!(\"Hello!\\nListening on {}\", listener.local_addr()?);",
            "println!(\"Listening on {address} ...\");",
        ] {
            check_with(&learner, SAYS_WHERE, other).success().stderr("");
        }
    }

    fn one_that_ignores_its_argument_is_told_so_soon() {
        let learner = Learner::new("ignores");
        let port = 10000 + std::process::id() % 9000;
        let address = format!("127.0.0.1:{port}");
        let said = check_with(
            &learner,
            BINDS,
            &format!("TcpListener::bind(\"{address}\")?"),
        );
        said.code(1)
            .stdout(contains(" for 1 s\n"))
            .stdout(contains(format!("but something listens at {address}\n")));
    }
}
