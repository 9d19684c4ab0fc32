//! Names stay unique, and events in order, whatever two clients do at the same time.

use std::thread;

use crate::chat::{expect_all, first, next};
use crate::server::Server;
use crate::step::Step;

on_each!([names outboxes backpressure one_writer accounts ledger instances] {
    a_name_two_clients_want_is_given_once
    renames_and_messages_keep_their_order
    no_client_can_impersonate_another
});

fn a_name_two_clients_want_is_given_once(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    for round in 0..50 {
        let name = format!("name-{round}");
        let mut two = [next(&server, "bob", [&mut alice]), server.connect("carol")];
        let joined = format!("{} joined the chat.", two[1]);
        expect_all(&joined, [&mut alice, &mut two[0]]);
        thread::scope(|scope| {
            for client in &two {
                scope.spawn(|| client.send_line(&format!("/nick {name}")));
            }
        });
        let line = alice.next_line().unwrap();
        assert!(line.ends_with(&format!(" is now {name}")), "{line:?}");
        let refused = format!("Name refused: {name} is taken.");
        let winner = two
            .iter()
            .position(|client| line.starts_with(&client.to_string()))
            .unwrap();
        two[winner].expect_line(&line);
        two[1 - winner].expect_line(&line);
        two[1 - winner].expect_line(&refused);
        let [bob, carol] = two;
        for (number, client) in [bob, carol].into_iter().enumerate() {
            let who = if number == winner {
                name.clone()
            } else {
                client.to_string()
            };
            drop(client);
            alice.wait_for_line(&format!("{who} left the chat."));
        }
    }
}

fn renames_and_messages_keep_their_order(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut old = bob.to_string();
    for number in 0..100 {
        let new = format!("bob-{number}");
        bob.send_line(&format!("I was {old}\n/nick {new}\nI am {new}"));
        for line in [
            format!("{old} says: I was {old}"),
            format!("{old} is now {new}"),
            format!("{new} says: I am {new}"),
        ] {
            expect_all(&line, [&mut alice, &mut bob]);
        }
        old = new;
    }
}

fn no_client_can_impersonate_another(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    alice.send_line("/nick Alice");
    let line = format!("{alice} is now Alice");
    expect_all(&line, [&mut alice, &mut bob]);
    let others = [
        "Alice",
        "aLICE",
        "127.0.0.1",
        "10.0.0.1.",
        "Alice says:",
        "A\u{443}lice",
        "Al\u{200b}ice",
        "Alice\u{1b}[K",
        "::1",
        "al",
        "[::1]:80",
        "127.0.0.1:80",
        "",
        "sixteen-letters-",
    ];
    for name in others {
        bob.send_line(&format!("/nick {name}"));
        let refusal = bob.next_line().unwrap();
        assert!(!refusal.contains(" is now "), "{name:?}: {refusal}");
        assert!(refusal.len() > 10, "a refusal names a reason: {refusal:?}");
    }
    bob.send_line("who am I?");
    let line = format!("{bob} says: who am I?");
    expect_all(&line, [&mut alice, &mut bob]);
}
