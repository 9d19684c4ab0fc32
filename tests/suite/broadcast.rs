//! What step 3 alone does, and what is still wrong with it: one read's bytes are a message.

use crate::chat::{expect_all, first, next};
use crate::client::Client;
use crate::server::Server;
use crate::step;

/// A server that alice and bob have joined.
fn alice_and_bob() -> (Server, Client, Client) {
    let server = Server::start(step::broadcast());
    let mut alice = first(&server, "alice");
    let bob = next(&server, "bob", [&mut alice]);
    (server, alice, bob)
}

#[test]
fn blanks_around_a_message_are_trimmed() {
    let (_server, mut alice, mut bob) = alice_and_bob();
    for text in ["hi\n", "hi\r\n", "hi", "  hi \t\r\n\n", "\n\nhi"] {
        alice.send_bytes(text.as_bytes());
        let line = format!("{alice} says: hi");
        expect_all(&line, [&mut alice, &mut bob]);
    }
}

#[test]
fn an_empty_message_is_sent() {
    let (_server, mut alice, mut bob) = alice_and_bob();
    for text in ["\n", "\r\n", " \t "] {
        alice.send_bytes(text.as_bytes());
        let line = format!("{alice} says: ");
        expect_all(&line, [&mut alice, &mut bob]);
    }
}

#[test]
fn every_byte_is_passed_on_as_it_is() {
    let (_server, mut alice, mut bob) = alice_and_bob();
    // White space only inside: 0x01 to 0xFF, then 0x00.
    let bytes: Vec<u8> = (1..=u8::MAX).chain([0]).collect();
    alice.send_bytes(&bytes);
    let message = [format!("{alice} says: ").as_bytes(), &bytes, b"\n"].concat();
    for client in [&mut alice, &mut bob] {
        client.expect_bytes(&message);
    }
    alice.assert_nothing_unread();
}

#[test]
fn two_lines_in_one_write_arrive_as_one_message() {
    let (_server, mut alice, mut bob) = alice_and_bob();
    alice.send_bytes(b"one\ntwo\n");
    let one = format!("{alice} says: one");
    for client in [&mut alice, &mut bob] {
        client.expect_line(&one);
        client.expect_line("two");
    }
}

#[test]
fn a_line_in_two_writes_arrives_as_two_messages() {
    let (_server, mut alice, mut bob) = alice_and_bob();
    for part in ["How are", "you?\n"] {
        alice.send_bytes(part.as_bytes());
        let line = format!("{alice} says: {}", part.trim_end());
        expect_all(&line, [&mut alice, &mut bob]);
    }
}

#[test]
fn a_long_line_arrives_torn() {
    let (_server, alice, mut bob) = alice_and_bob();
    let text = "x".repeat(10_000);
    alice.send_line(&text);
    let says = format!("{alice} says: ");
    let mut parts = 0;
    let mut received = String::new();
    while received.len() < text.len() {
        let line = bob.next_line().expect("a line");
        received += line.strip_prefix(&says).expect("a part of what she said");
        parts += 1;
    }
    assert!(parts > 1, "it arrived whole");
    assert_eq!(received, text);
}
