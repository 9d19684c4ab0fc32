//! Where a server listens that `check` starts: at a port of its own, whatever else runs.

use std::thread;

use crate::workshop::workshop;

const BROADCAST: &str = env!("CARGO_BIN_EXE_3-broadcast");

#[test]
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
mod scripts {
    use predicates::str::contains;

    use super::{BROADCAST, workshop};
    use crate::workshop::Folder;

    /// Runs check 3 on a shell script, whose `$0` is a right server and `$1` its address.
    fn check(script: &str) -> assert_cmd::assert::Assert {
        let words = [
            "check",
            "3",
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

    #[test]
    fn one_that_ends_while_a_child_of_it_prints_without_end_is_told() {
        check("yes & exit 3")
            .code(1)
            .stdout(contains("exit status: 3"));
    }

    /// It is no child of the command any more, so it might be anybody's.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_user_is_told_who_listens_if_it_is_no_child_of_the_command() {
        let folder = Folder::new("stranger");
        let process = folder.0.join("process");
        let process = process.display();
        let said = check(&format!(
            "(\"$0\" \"$1\" >&- & echo $! >> '{process}'); exec sleep 600"
        ));
        for process in folder.read("process").split_whitespace() {
            let kill = std::process::Command::new("kill").arg(process).status();
            assert!(kill.unwrap().success());
        }
        said.stderr(contains("a process that your command has not started"));
    }
}

/// The learner's own program, which may be wrong about where it listens, or about saying so.
#[cfg(not(windows))]
mod own {
    use predicates::str::contains;

    use crate::workshop::Learner;

    const SAYS_WHERE: &str = "println!(\"Listening on {} ...\", listener.local_addr()?);";
    const BINDS: &str = "TcpListener::bind(address)?";

    /// Checks step 1 with a part of it written otherwise.
    fn check_with(learner: &Learner, part: &str, other: &str) -> assert_cmd::assert::Assert {
        learner.run(&["start", "1", "--force"]).success();
        learner.rewrite(part, other);
        learner.run(&["check", "1"])
    }

    #[test]
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

    #[test]
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
