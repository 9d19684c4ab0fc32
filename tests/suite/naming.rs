//! Names and the order of things: who is who, whatever two of them do at the same time.

use std::thread;

use crate::chat::{all_hear, first, next};
use crate::server::Server;
use crate::step::Step;

on_each!([names backpressure accounts instances] {
    of_two_who_want_a_name_one_gets_it
    a_rename_and_what_is_said_keep_their_order
    nobody_passes_for_somebody_else
    after_exit_nothing_is_read
});

fn of_two_who_want_a_name_one_gets_it(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    for round in 0..50 {
        let name = format!("name-{round}");
        let mut two = [next(&server, "bob", [&mut alice]), server.connect("carol")];
        let joined = format!("{} joined the chat.", two[1]);
        all_hear([&mut alice, &mut two[0]], &joined);
        thread::scope(|scope| {
            for client in &two {
                scope.spawn(|| client.says(&format!("/nick {name}")));
            }
        });
        let line = alice.next_line().unwrap();
        assert!(line.ends_with(&format!(" is now {name}")), "{line:?}");
        let refused = format!("Name refused: {name} is taken.");
        let winner = two
            .iter()
            .position(|client| line.starts_with(&client.to_string()))
            .unwrap();
        two[winner].hears(&line);
        two[1 - winner].hears(&line);
        two[1 - winner].hears(&refused);
        let [bob, carol] = two;
        for (number, client) in [bob, carol].into_iter().enumerate() {
            let who = if number == winner {
                name.clone()
            } else {
                client.to_string()
            };
            drop(client);
            alice.hears_sometime(&format!("{who} left the chat."));
        }
    }
}

fn a_rename_and_what_is_said_keep_their_order(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut old = bob.to_string();
    for number in 0..100 {
        let new = format!("bob-{number}");
        bob.says(&format!("I was {old}\n/nick {new}\nI am {new}"));
        for line in [
            format!("{old} says: I was {old}"),
            format!("{old} is now {new}"),
            format!("{new} says: I am {new}"),
        ] {
            all_hear([&mut alice, &mut bob], &line);
        }
        old = new;
    }
}

fn nobody_passes_for_somebody_else(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    alice.says("/nick Alice");
    let line = format!("{alice} is now Alice");
    all_hear([&mut alice, &mut bob], &line);
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
        bob.says(&format!("/nick {name}"));
        let refusal = bob.next_line().unwrap();
        assert!(!refusal.contains(" is now "), "{name:?}: {refusal}");
        assert!(refusal.len() > 10, "a refusal says why: {refusal:?}");
    }
    bob.says("who am I?");
    let line = format!("{bob} says: who am I?");
    all_hear([&mut alice, &mut bob], &line);
}

fn after_exit_nothing_is_read(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    for rest in [
        "",
        "and another thing\n/nick ghost\n",
        &"more\n".repeat(1000),
    ] {
        let mut bob = next(&server, "bob", [&mut alice]);
        bob.sends(format!("last words\n/exit\n{rest}").as_bytes());
        bob.hears(&format!("{bob} says: last words"));
        bob.hears("Bye.");
        bob.hears_the_end();
        alice.hears(&format!("{bob} says: last words"));
        alice.hears(&format!("{bob} left the chat."));
    }
    alice.says("alone again");
    alice.hears(&format!("{alice} says: alone again"));
}
