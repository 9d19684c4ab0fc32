//! `talk`, connected to a step.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use predicates::str::contains;

use crate::client::Client;
use crate::server::Server;
use crate::wait::{WAIT, eventually};
use crate::workshop::workshop;

/// A running `talk`.
struct Talk {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Talk {
    fn with(address: SocketAddr) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
        command.args(["talk", &address.to_string()]);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        Self {
            stdin: child.stdin.take(),
            stdout: lines(child.stdout.take().unwrap()),
            stderr: lines(child.stderr.take().unwrap()),
            child,
        }
    }

    fn type_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn close_stdin(&mut self) {
        drop(self.stdin.take());
    }

    fn stdout_line(&self) -> String {
        self.stdout.recv_timeout(WAIT).expect("a line on stdout")
    }

    fn stderr_line(&self) -> String {
        self.stderr.recv_timeout(WAIT).expect("a line on stderr")
    }

    /// Waits for its exit status.
    fn wait(&mut self) -> Option<i32> {
        let mut status = None;
        eventually("the end of talk", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.and_then(|status| status.code())
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads lines in the background, so that a test can wait with a deadline.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        lines.into_iter().try_for_each(|line| sender.send(line))
    });
    lines
}

#[test]
fn it_sends_what_is_typed_and_prints_what_comes() {
    let server = Server::start(crate::step::broadcast());
    let mut talk = Talk::with(server.address);
    talk.type_line("hi");
    let line = talk.stdout_line();
    assert!(line.ends_with(" says: hi"), "{line:?}");

    // Lines arrive while nothing is typed.
    let bob = server.connect("bob");
    assert_eq!(talk.stdout_line(), format!("{bob} joined the chat."));
    bob.send_line("yo");
    assert_eq!(talk.stdout_line(), format!("{bob} says: yo"));

    // End of input ends the talk.
    talk.close_stdin();
    assert_eq!(talk.wait(), Some(0));
    let notice = "You ended the talk, and the server closed the connection.";
    assert_eq!(talk.stderr_line(), notice);
}

#[test]
fn a_closed_stdout_ends_it_silently() {
    let server = Server::start(crate::step::blocking());
    let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
    command.args(["talk", &server.address.to_string()]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.as_mut().unwrap().write_all(b"hi\n").unwrap();
    let stderr = lines(child.stderr.take().unwrap());
    // Nothing, and then the end of it.
    assert_eq!(
        stderr.recv_timeout(WAIT),
        Err(RecvTimeoutError::Disconnected)
    );
    assert!(child.wait().unwrap().success());
}

#[test]
fn after_the_end_of_input_it_prints_what_still_comes() {
    let server = Server::start(crate::step::blocking());
    let text = "many words\n".repeat(20_000);
    let mut talk = workshop(&["talk", &server.address.to_string()]);
    talk.write_stdin(text.clone())
        .assert()
        .success()
        .stdout(text);
}

#[test]
fn it_passes_bytes_on_as_they_are() {
    let server = Server::start(crate::step::blocking());
    let bytes: Vec<u8> = (0..=u8::MAX).filter(|byte| *byte != b'\r').collect();
    let mut talk = workshop(&["talk", &server.address.to_string()]);
    talk.write_stdin(bytes.clone())
        .assert()
        .success()
        .stdout(bytes);
}

#[test]
fn a_refused_connection_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = format!("Could not connect to {address}");
    workshop(&["talk", &address])
        .assert()
        .code(1)
        .stdout("")
        .stderr(contains(error));
    workshop(&["talk", "nowhere"])
        .assert()
        .code(1)
        .stderr(contains("Could not connect to nowhere"));
}

#[test]
fn it_ends_with_the_server_while_nobody_types() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut talk = Talk::with(listener.local_addr().unwrap());
    let (mut client, _) = listener.accept().unwrap();
    client.write_all(b"bye\n").unwrap();
    drop(client);
    assert_eq!(talk.wait(), Some(0));
}

/// Either of its two threads may see the reset.
#[test]
#[cfg(not(target_os = "macos"))] // See below.
fn a_reset_while_it_sends_is_told_from_an_end() {
    for _ in 0..20 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut talk = Talk::with(listener.local_addr().unwrap());
        let mut stdin = talk.stdin.take().unwrap();
        let typist = thread::spawn(
            move || {
                while stdin.write_all(&b"hello\n".repeat(1000)).is_ok() {}
            },
        );
        let (client, _) = listener.accept().unwrap();
        assert_eq!(client.peek(&mut [0]).unwrap(), 1);
        drop(client);
        assert_eq!(talk.wait(), Some(1));
        assert!(talk.stderr_line().starts_with("The connection broke: "));
        typist.join().unwrap();
    }
}

/// A server may close while its client still sends, as after `/exit`. Here, a write even blocks.
#[test]
fn an_end_while_it_sends_is_no_reset() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut talk = Talk::with(listener.local_addr().unwrap());
    let mut stdin = talk.stdin.take().unwrap();
    let (sender, taken) = mpsc::channel();
    let typist = thread::spawn(move || {
        let much = b"hello\n".repeat(1000);
        while stdin.write_all(&much).is_ok() && sender.send(()).is_ok() {}
    });
    let (mut client, _) = listener.accept().unwrap();
    let moment = Duration::from_millis(100);
    while taken.recv_timeout(moment).is_ok() {}
    client.write_all(b"Bye.\n").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(talk.wait(), Some(0));
    assert_eq!(talk.stdout_line(), "Bye.");
    assert_eq!(talk.stderr_line(), "The server closed the connection.");
    typist.join().unwrap();
}

#[test]
#[cfg(not(target_os = "macos"))] // It may close cleanly here.
fn a_reset_is_told_from_an_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut talk = Talk::with(listener.local_addr().unwrap());
    talk.type_line("hello");
    let (client, _) = listener.accept().unwrap();
    assert_eq!(client.peek(&mut [0]).unwrap(), 1);
    drop(client); // With unread input: a reset.
    assert_eq!(talk.wait(), Some(1));
    assert!(talk.stderr_line().starts_with("The connection broke: "));
}

/// Two `talk`s, where other tests use `Client`.
#[test]
fn two_talks_reach_each_other() {
    let server = Server::start(crate::step::broadcast());
    let mut alice = Client::connect("alice", server.address);
    server.round_trip(&mut alice);
    let mut talk = Talk::with(server.address);
    let joined = alice.next_line().unwrap();
    talk.type_line("hello");
    let who = joined.strip_suffix(" joined the chat.").unwrap();
    alice.expect_line(&format!("{who} says: hello"));
    talk.close_stdin();
    alice.expect_line(&format!("{who} left the chat."));
    assert_eq!(talk.wait(), Some(0));
}
