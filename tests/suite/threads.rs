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
            client.says(&format!("{client} in round {round}"));
        }
        // The last one first: nobody's answer waits for another's to be read.
        for client in hundred.iter_mut().rev() {
            client.hears(&format!("{client} in round {round}"));
        }
    }
    for client in hundred {
        client.leaves();
    }
}

#[test]
fn nobody_hears_anybody_else() {
    let server = Server::start(step::threads());
    let mut alice = server.connect("alice");
    let mut bob = server.connect("bob");
    for _ in 0..100 {
        alice.says("I am alice");
        alice.hears("I am alice");
        bob.says("I am bob");
        bob.hears("I am bob");
    }
    alice.has_heard_nothing_else();
    bob.has_heard_nothing_else();
}

#[test]
fn nobody_hears_who_comes_and_goes() {
    let server = Server::start(step::threads());
    let mut alice = server.connect("alice");
    server.serves(&mut alice);
    let mut bob = server.connect("bob");
    server.serves(&mut bob);
    bob.half_closes();
    bob.hears_the_end();
    alice.says("still nobody?");
    alice.hears("still nobody?");
    alice.has_heard_nothing_else();
}
