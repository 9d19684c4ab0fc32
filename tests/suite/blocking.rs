//! What step 1 does, and what is still wrong with it: it serves one client at a time.

#[cfg(target_os = "linux")]
use std::{io::ErrorKind, net::TcpStream, time::Duration};

use crate::client::Client;
use crate::server::Server;
use crate::step;

#[test]
fn the_second_waits_until_the_first_has_left() {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    server.round_trip(&mut alice);
    let mut bob = server.connect("bob");
    bob.send_line("anybody there?");

    // Meanwhile, bob's line waits in the server's socket.
    for _ in 0..100 {
        server.round_trip(&mut alice);
    }
    bob.assert_nothing_unread();

    alice.leave();
    bob.expect_line("anybody there?");
    server.round_trip(&mut bob);
}

#[test]
fn clients_are_served_in_order_of_arrival() {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    let mut bob = server.connect("bob");
    let mut carol = server.connect("carol");
    carol.send_line("I am carol");
    bob.send_line("I am bob");
    server.round_trip(&mut alice);
    bob.assert_nothing_unread();
    carol.assert_nothing_unread();

    alice.leave();
    bob.expect_line("I am bob");
    server.round_trip(&mut bob);
    carol.assert_nothing_unread();

    bob.leave();
    carol.expect_line("I am carol");
}

#[test]
fn a_close_lets_the_next_one_in() {
    the_next_is_served_after(Client::leave);
}

#[test]
fn a_half_close_lets_the_next_one_in() {
    the_next_is_served_after(|mut alice| {
        alice.half_close();
        alice.expect_end();
    });
}

#[test]
fn a_reset_lets_the_next_one_in() {
    the_next_is_served_after(|alice| {
        alice.send_line("an answer I won't read");
        alice.reset();
    });
}

fn the_next_is_served_after(alice_is_gone: impl FnOnce(Client)) {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    server.round_trip(&mut alice);
    let mut bob = server.connect("bob");
    bob.send_line("my turn?");
    alice_is_gone(alice);
    bob.expect_line("my turn?");
}

/// The backlog has 128 places, and Linux admits one more. It drops the SYN of the next client.
#[test]
#[cfg(target_os = "linux")]
fn the_backlog_has_an_end() {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    server.round_trip(&mut alice);
    let connect = || TcpStream::connect_timeout(&server.address, Duration::from_millis(500));
    let mut waiting = Vec::new();
    let refusal = loop {
        match connect() {
            Ok(client) => waiting.push(client),
            Err(error) => break error,
        }
        assert!(waiting.len() < 200, "the backlog has no end");
    };
    assert_eq!(refusal.kind(), ErrorKind::TimedOut);
    assert!(
        [128, 129].contains(&waiting.len()),
        "{} wait",
        waiting.len()
    );
}

/// Though the old connection is in `TIME_WAIT`, the port can be bound.
#[test]
#[cfg(unix)]
fn it_starts_again_at_once() {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    server.round_trip(&mut alice);
    let address = server.address.to_string();
    drop(server); // Killed, it closes first.
    alice.read_to_end();
    drop(alice);
    let server = Server::start_at(step::blocking(), &address);
    server.round_trip(&mut server.connect("bob"));
}
