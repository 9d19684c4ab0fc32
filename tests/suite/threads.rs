//! What step 2 does, and what is still wrong with it: nobody hears anybody else.

use crate::client::Client;
use crate::server::Server;
use crate::step;

#[test]
fn serves_a_hundred_clients_at_once() {
    let server = Server::start(step::threads());
    let connect = |_| server.connect("one of a hundred");
    let mut hundred: Vec<Client> = (0..100).map(connect).collect();
    for round in 0..3 {
        for client in &hundred {
            client.send_line(&format!("{client} in round {round}"));
        }
        // The last one first: no answer waits until another is read.
        for client in hundred.iter_mut().rev() {
            client.expect_line(&format!("{client} in round {round}"));
        }
    }
    for client in hundred {
        client.leave();
    }
}

#[test]
fn clients_do_not_hear_each_other() {
    let server = Server::start(step::threads());
    let mut alice = server.connect("alice");
    let mut bob = server.connect("bob");
    for _ in 0..100 {
        alice.send_line("I am alice");
        alice.expect_line("I am alice");
        bob.send_line("I am bob");
        bob.expect_line("I am bob");
    }
    alice.assert_nothing_unread();
    bob.assert_nothing_unread();
}

#[test]
fn joins_and_departures_are_not_announced() {
    let server = Server::start(step::threads());
    let mut alice = server.connect("alice");
    server.round_trip(&mut alice);
    let mut bob = server.connect("bob");
    server.round_trip(&mut bob);
    bob.half_close();
    bob.expect_end();
    alice.send_line("still nobody?");
    alice.expect_line("still nobody?");
    alice.assert_nothing_unread();
}
