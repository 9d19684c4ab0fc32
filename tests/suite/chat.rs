//! What every chat server promises: the words on the wire, to everybody, in one order.

use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::server::Server;
use crate::step::Step;

on_each!([broadcast lines names backpressure accounts instances] {
    the_others_hear_who_joins
    everybody_hears_what_anybody_says
    the_others_hear_who_closes
    the_others_hear_who_half_closes
    the_others_hear_who_resets
    the_others_hear_what_was_said_while_leaving
    the_server_prints_who_comes_and_goes
    all_hear_the_same_when_all_talk_at_once
    two_lines_are_heard_at_once
    a_client_that_vanishes_is_forgotten
});

/// The first one comes. Nobody is there to hear it join, so it is in once it hears itself.
pub fn first(server: &Server, name: &'static str) -> Client {
    let mut first = server.connect(name);
    server.serves(&mut first);
    first
}

/// The next one comes. It is in once the others hear that.
pub fn next<'a>(
    server: &Server,
    name: &'static str,
    others: impl IntoIterator<Item = &'a mut Client>,
) -> Client {
    let newcomer = server.connect(name);
    all_hear(others, &format!("{newcomer} joined the chat."));
    newcomer
}

pub fn all_hear<'a>(clients: impl IntoIterator<Item = &'a mut Client>, line: &str) {
    for client in clients {
        client.hears(line);
    }
}

fn the_others_hear_who_joins(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut carol = next(&server, "carol", [&mut alice, &mut bob]);

    // Were it told of its own arrival, it would hear that before this.
    carol.says("hi");
    let line = format!("{carol} says: hi");
    all_hear([&mut alice, &mut bob, &mut carol], &line);
}

fn everybody_hears_what_anybody_says(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    for text in ["hi", "How are you?", "Fünf Boxkämpfer 🦀", "{} %s \\n"] {
        bob.says(text);
        let line = format!("{bob} says: {text}");
        all_hear([&mut alice, &mut bob], &line);

        alice.says(text);
        let line = format!("{alice} says: {text}");
        all_hear([&mut alice, &mut bob], &line);
    }
}

fn the_others_hear_who_closes(step: Step) {
    the_others_hear_who_left(step, |mut bob| {
        bob.next_line();
        bob.leaves();
    });
}

fn the_others_hear_who_half_closes(step: Step) {
    the_others_hear_who_left(step, |mut bob| {
        bob.next_line();
        bob.half_closes();
        bob.hears_the_end();
    });
}

fn the_others_hear_who_resets(step: Step) {
    the_others_hear_who_left(step, Client::resets);
}

fn the_others_hear_who_left(step: Step, bob_is_gone: impl FnOnce(Client)) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut carol = next(&server, "carol", [&mut alice, &mut bob]);
    bob.says("bye");
    let [said, left] = [format!("{bob} says: bye"), format!("{bob} left the chat.")];
    all_hear([&mut alice, &mut carol], &said);
    bob_is_gone(bob);
    all_hear([&mut alice, &mut carol], &left);

    // It left once, and nobody with it.
    alice.says("who is here?");
    let line = format!("{alice} says: who is here?");
    all_hear([&mut alice, &mut carol], &line);
}

fn the_others_hear_what_was_said_while_leaving(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let bob = next(&server, "bob", [&mut alice]);
    let bobs_address = bob.to_string();
    bob.says("bye");
    drop(bob);
    alice.hears(&format!("{bobs_address} says: bye"));
    alice.hears(&format!("{bobs_address} left the chat."));
}

fn the_server_prints_who_comes_and_goes(step: Step) {
    let server = Server::start(step);
    let alice = first(&server, "alice");
    server.prints(&format!("Accepted new client: {alice}"));
    let bob = server.connect("bob");
    server.prints(&format!("Accepted new client: {bob}"));
    for client in [alice, bob] {
        let line = format!("Client disconnected: {client}");
        assert!(!server.has_printed(&line), "{line}, but it is here");
        drop(client);
        server.prints(&line);
    }
}

/// How often each of the eight says something.
const MESSAGES: usize = 50;

fn all_hear_the_same_when_all_talk_at_once(step: Step) {
    let server = Server::start(step);
    let names = ["bob", "carol", "dan", "eve", "frank", "grace", "heidi"];
    let mut eight = vec![first(&server, "alice")];
    for name in names {
        let newcomer = next(&server, name, &mut eight);
        eight.push(newcomer);
    }

    let transcripts: Vec<Vec<String>> = thread::scope(|scope| {
        let talks: Vec<_> = eight
            .iter_mut()
            .map(|client| scope.spawn(|| talks_and_listens(client)))
            .collect();
        talks.into_iter().map(|talk| talk.join().unwrap()).collect()
    });

    for (client, transcript) in eight.iter().zip(&transcripts) {
        assert_eq!(transcript, &transcripts[0], "{client} heard otherwise");
        let own = format!("{client} says: ");
        let said = transcripts[0].iter().filter(|line| line.starts_with(&own));
        let expected = (0..MESSAGES).map(|number| own.clone() + &message(number));
        assert!(said.cloned().eq(expected), "{client} was heard otherwise");
    }
    eight[0].says("that was all");
    let line = format!("{} says: that was all", eight[0]);
    all_hear(&mut eight, &line);
}

/// Says all its messages, each once it has heard the one before (a chat may take two for one, if they
/// come as one), and listens until all the others' have come, too.
fn talks_and_listens(client: &mut Client) -> Vec<String> {
    let mut heard = Vec::new();
    for number in 0..MESSAGES {
        client.says(&message(number));
        let own = format!("{client} says: {}", message(number));
        while heard.last() != Some(&own) {
            heard.push(client.next_line().expect("a line"));
        }
    }
    while heard.len() < 8 * MESSAGES {
        heard.push(client.next_line().expect("a line"));
    }
    heard
}

/// Short ones and long ones.
fn message(number: usize) -> String {
    format!("{number}{}", "x".repeat(number * number % 1000))
}

/// With Nagle's algorithm, the second of two lines would wait at the server until bob's system has
/// acknowledged the first, and that takes its time: 40 ms or more.
fn two_lines_are_heard_at_once(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut carol = next(&server, "carol", [&mut alice, &mut bob]);
    let (mut usual, mut waits) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        let start = Instant::now();
        // Who has just sent something acknowledges later: there may be more to send with it.
        bob.says("well?");
        let line = format!("{bob} says: well?");
        all_hear([&mut alice, &mut bob, &mut carol], &line);
        usual.push(start.elapsed());
        let start = Instant::now();
        alice.says("yes");
        carol.says("no");
        for _ in 0..2 {
            bob.next_line();
        }
        waits.push(start.elapsed());
        for client in [&mut alice, &mut carol] {
            client.next_line();
            client.next_line();
        }
    }
    // Half of them, because a busy machine holds up some, and one line as well as two.
    let [usual, waits] = [usual, waits].map(|mut all| {
        all.sort();
        all[all.len() / 2]
    });
    let most = 3 * usual + Duration::from_millis(20);
    assert!(waits < most, "bob waits {waits:?}, for one line {usual:?}");
}

fn a_client_that_vanishes_is_forgotten(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let with_alice = server.holds();
    for _ in 0..20 {
        let bob = next(&server, "bob", [&mut alice]);
        let left = format!("{bob} left the chat.");
        alice.says("hi, bob!");
        alice.hears(&format!("{alice} says: hi, bob!"));
        bob.resets();
        alice.hears(&left);
    }
    alice.says("nobody?");
    alice.hears(&format!("{alice} says: nobody?"));
    server.holds_again(with_alice);
}
