//! `watch`: checks a program again when it is saved.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::bugs::wrong_server;
use crate::step;
use crate::wait::WAIT;
use crate::workshop::{Folder, Learner};

struct Watch {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Watch {
    fn start(words: &[&str]) -> Watch {
        Watch::start_in([], words)
    }

    fn start_in<const N: usize>(environment: [(&str, PathBuf); N], words: &[&str]) -> Watch {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
        let command = command.arg("watch").args(words).env("NO_COLOR", "1");
        let command = command.envs(environment);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = stdout.lines().map_while(Result::ok);
            lines.for_each(|line| drop(sender.send(line)));
        });
        let stdin = child.stdin.take();
        Watch {
            child,
            stdin,
            lines,
        }
    }

    fn type_line(&mut self, key: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{key}").unwrap();
    }

    /// Waits for a line that contains this.
    fn expect_line_with(&self, part: &str) {
        let next = || self.lines.recv_timeout(WAIT);
        while !next()
            .unwrap_or_else(|_| panic!("waits for {part:?}"))
            .contains(part)
        {}
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_saved_file_is_checked_again() {
    let folder = Folder::new("watched");
    let script = folder.0.join("server.sh");
    let wrong = format!("exec '{}' own_join \"$1\"\n", wrong_server());
    let right = format!("exec '{}' \"$1\"\n", step::broadcast().program);
    fs::write(&script, &wrong).unwrap();
    let path = script.to_str().unwrap();
    let mut watch = Watch::start(&[
        "check",
        "3",
        "--sessions",
        "4",
        "--",
        "sh",
        path,
        "{address}",
    ]);
    watch.expect_line_with("your server announces a newcomer to itself");
    watch.expect_line_with(&format!("Edit           {path}"));
    watch.expect_line_with("Read           steps/2-threads/README.md");
    watch.expect_line_with("h and Enter");
    watch.type_line("h");
    watch.expect_line_with("Hint 1 of 3");
    watch.type_line("h");
    watch.expect_line_with("Hint 2 of 3");
    watch.type_line("s");
    watch.expect_line_with("show 2: two people in one room, on sh");
    fs::write(&script, right).unwrap();
    watch.expect_line_with("check 3 passed");
    watch.expect_line_with("Read           steps/3-broadcast/README.md");
    watch.type_line("h");
    watch.expect_line_with("There is none");
    fs::write(&script, wrong).unwrap();
    watch.expect_line_with("✗ ");
    watch.type_line("q");
    assert!(watch.child.wait().unwrap().success());
}

#[test]
fn it_names_the_file_to_edit_and_the_task() {
    let learner = Learner::new("watches");
    learner.run(&["start", "1"]).success();
    let watch = Watch::start_in(learner.environment(), &["check", "2", "--patience", "0.5"]);
    watch.expect_line_with("✗ bob says");
    watch.expect_line_with("Edit           src/bin/mine/main.rs");
    watch.expect_line_with("Task           steps/1-blocking/task.md");
}

#[test]
fn it_goes_on_without_stdin() {
    let folder = Folder::new("untyped");
    let script = folder.0.join("server.sh");
    fs::write(&script, "exit 3\n").unwrap();
    let path = script.to_str().unwrap();
    let mut watch = Watch::start(&["check", "1", "--", "sh", path, "{address}"]);
    watch.expect_line_with("exit status: 3");
    watch.stdin = None;
    watch.expect_line_with("h and Enter");
    fs::write(&script, "exit 44\n").unwrap();
    watch.expect_line_with("exit status: 44");
}

#[test]
fn invalid_arguments_of_watch_are_refused() {
    for (words, error) in [
        (&["--at", "127.0.0.1:1"][..], "name its command"),
        (&["check", "nine"], "nine"),
    ] {
        let mut words = words.to_vec();
        words.insert(0, "watch");
        let refused = crate::workshop::workshop(&words).assert().code(2);
        refused.stderr(predicates::str::contains(error));
    }
}
