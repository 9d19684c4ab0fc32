//! What step 1 does, and what is still wrong with it: it serves one client at a time.

use crate::client::Client;
use crate::server::Server;
use crate::step;

#[test]
fn the_second_waits_until_the_first_has_left() {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    server.serves(&mut alice);
    let mut bob = server.connect("bob");
    bob.says("anybody there?");

    // All this while, what bob said lies at the server.
    for _ in 0..100 {
        server.serves(&mut alice);
    }
    bob.has_heard_nothing_else();

    alice.leaves();
    bob.hears("anybody there?");
    server.serves(&mut bob);
}

#[test]
fn they_are_served_in_the_order_they_came_in() {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    let mut bob = server.connect("bob");
    let mut carol = server.connect("carol");
    carol.says("I am carol");
    bob.says("I am bob");
    server.serves(&mut alice);
    bob.has_heard_nothing_else();
    carol.has_heard_nothing_else();

    alice.leaves();
    bob.hears("I am bob");
    server.serves(&mut bob);
    carol.has_heard_nothing_else();

    bob.leaves();
    carol.hears("I am carol");
}

#[test]
fn a_close_lets_the_next_one_in() {
    the_next_is_served_after(Client::leaves);
}

#[test]
fn a_half_close_lets_the_next_one_in() {
    the_next_is_served_after(|mut alice| {
        alice.half_closes();
        alice.hears_the_end();
    });
}

#[test]
fn a_reset_lets_the_next_one_in() {
    the_next_is_served_after(|alice| {
        alice.says("an answer I won't read");
        alice.resets();
    });
}

fn the_next_is_served_after(alice_is_gone: impl FnOnce(Client)) {
    let server = Server::start(step::blocking());
    let mut alice = server.connect("alice");
    server.serves(&mut alice);
    let mut bob = server.connect("bob");
    bob.says("my turn?");
    alice_is_gone(alice);
    bob.hears("my turn?");
}
