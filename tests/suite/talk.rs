//! `talk`, with a step at the other end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use predicates::str::contains;

use crate::client::Client;
use crate::server::Server;
use crate::workshop::workshop;

fn talk(address: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
    command.args(["talk", address]).stdin(Stdio::piped());
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn it_sends_what_is_typed_and_prints_what_comes() {
    let server = Server::start(crate::step::broadcast());
    let mut talk = talk(&server.address.to_string());
    let mut typed = talk.stdin.take().unwrap();
    let mut shown = BufReader::new(talk.stdout.take().unwrap()).lines();

    typed.write_all(b"hi\n").unwrap();
    let line = shown.next().unwrap().unwrap();
    assert!(line.ends_with(" says: hi"), "{line:?}");

    // Lines come while nothing is typed.
    let bob = server.connect("bob");
    assert_eq!(
        shown.next().unwrap().unwrap(),
        format!("{bob} joined the chat.")
    );
    bob.says("yo");
    assert_eq!(shown.next().unwrap().unwrap(), format!("{bob} says: yo"));

    // The end of the input is the end of the talk: the server says goodbye.
    drop(typed);
    assert!(talk.wait().unwrap().success());
    let mut said = String::new();
    talk.stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(
        said.contains("The server closed the connection."),
        "{said:?}"
    );
}

#[test]
fn after_the_end_of_its_input_it_prints_what_still_comes() {
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
fn it_says_when_nobody_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let said = format!("Could not connect to {address}");
    workshop(&["talk", &address])
        .assert()
        .code(1)
        .stdout("")
        .stderr(contains(said));
    workshop(&["talk", "nowhere"])
        .assert()
        .code(1)
        .stderr(contains("Could not connect to nowhere"));
}

#[test]
fn it_ends_when_the_server_goes_though_nobody_types() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut talk = talk(&listener.local_addr().unwrap().to_string());
    let (mut client, _) = listener.accept().unwrap();
    client.write_all(b"bye\n").unwrap();
    drop(client);
    assert!(talk.wait().unwrap().success());
    drop(talk.stdin.take());
}

#[test]
fn a_reset_is_told_from_an_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut talk = talk(&listener.local_addr().unwrap().to_string());
    talk.stdin.as_mut().unwrap().write_all(b"hello\n").unwrap();
    let (client, _) = listener.accept().unwrap();
    assert_eq!(client.peek(&mut [0]).unwrap(), 1);
    drop(client); // With unread input: the system makes it a reset.
    assert_eq!(talk.wait().unwrap().code(), Some(1));
}

/// `Client` is what the other tests talk with; `talk` must be as good.
#[test]
fn two_who_talk_hear_each_other() {
    let server = Server::start(crate::step::broadcast());
    let mut alice = Client::connect("alice", server.address);
    server.serves(&mut alice);
    let mut talk = talk(&server.address.to_string());
    let joined = alice.next_line().unwrap();
    talk.stdin.as_mut().unwrap().write_all(b"hello\n").unwrap();
    let who = joined.strip_suffix(" joined the chat.").unwrap();
    alice.hears(&format!("{who} says: hello"));
    drop(talk.stdin.take());
    alice.hears(&format!("{who} left the chat."));
    talk.wait().unwrap();
}
