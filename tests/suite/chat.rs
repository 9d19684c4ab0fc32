//! What every chat server promises: the same lines for everybody, in one order.

use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::server::Server;
use crate::step::Step;

on_each!([broadcast lines commands names outboxes backpressure one_writer accounts ledger instances] {
    a_join_reaches_the_others
    a_message_reaches_everybody
    a_close_reaches_the_others
    a_half_close_reaches_the_others
    a_reset_reaches_the_others
    last_words_reach_the_others
    connects_and_disconnects_are_printed
    all_receive_the_same_order
    two_lines_arrive_without_nagles_delay
    a_client_that_vanishes_is_forgotten
});

/// Connects the first client. It has joined once it receives its own line.
pub fn first(server: &Server, name: &'static str) -> Client {
    let mut first = server.connect(name);
    server.round_trip(&mut first);
    first
}

/// Connects another client. It has joined once the others are notified.
pub fn next<'a>(
    server: &Server,
    name: &'static str,
    others: impl IntoIterator<Item = &'a mut Client>,
) -> Client {
    let newcomer = server.connect(name);
    expect_all(&format!("{newcomer} joined the chat."), others);
    newcomer
}

pub fn expect_all<'a>(line: &str, clients: impl IntoIterator<Item = &'a mut Client>) {
    for client in clients {
        client.expect_line(line);
    }
}

fn a_join_reaches_the_others(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut carol = next(&server, "carol", [&mut alice, &mut bob]);

    // A notice of its own arrival would come before this.
    carol.send_line("hi");
    let line = format!("{carol} says: hi");
    expect_all(&line, [&mut alice, &mut bob, &mut carol]);
}

fn a_message_reaches_everybody(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    for text in ["hi", "How are you?", "Fünf Boxkämpfer 🦀", "{} %s \\n"] {
        bob.send_line(text);
        let line = format!("{bob} says: {text}");
        expect_all(&line, [&mut alice, &mut bob]);

        alice.send_line(text);
        let line = format!("{alice} says: {text}");
        expect_all(&line, [&mut alice, &mut bob]);
    }
}

fn a_close_reaches_the_others(step: Step) {
    a_departure_reaches_the_others(step, |mut bob| {
        bob.next_line();
        bob.leave();
    });
}

fn a_half_close_reaches_the_others(step: Step) {
    a_departure_reaches_the_others(step, |mut bob| {
        bob.next_line();
        bob.half_close();
        bob.expect_end();
    });
}

fn a_reset_reaches_the_others(step: Step) {
    a_departure_reaches_the_others(step, Client::reset);
}

fn a_departure_reaches_the_others(step: Step, bob_is_gone: impl FnOnce(Client)) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut carol = next(&server, "carol", [&mut alice, &mut bob]);
    bob.send_line("bye");
    let [line, left] = [format!("{bob} says: bye"), format!("{bob} left the chat.")];
    expect_all(&line, [&mut alice, &mut carol]);
    bob_is_gone(bob);
    expect_all(&left, [&mut alice, &mut carol]);

    // There is one notice, and nobody else has left.
    alice.send_line("who is here?");
    let line = format!("{alice} says: who is here?");
    expect_all(&line, [&mut alice, &mut carol]);
}

fn last_words_reach_the_others(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let bob = next(&server, "bob", [&mut alice]);
    let bobs_address = bob.to_string();
    bob.send_line("bye");
    drop(bob);
    alice.expect_line(&format!("{bobs_address} says: bye"));
    alice.expect_line(&format!("{bobs_address} left the chat."));
}

fn connects_and_disconnects_are_printed(step: Step) {
    let server = Server::start(step);
    let alice = first(&server, "alice");
    server.expect_stdout(&format!("Accepted new client: {alice}"));
    let bob = server.connect("bob");
    server.expect_stdout(&format!("Accepted new client: {bob}"));
    for client in [alice, bob] {
        let line = format!("Client disconnected: {client}");
        assert!(!server.has_printed(&line), "{line}: it is still connected");
        drop(client);
        server.expect_stdout(&line);
    }
}

/// How many messages each of the eight clients sends.
const MESSAGES: usize = 50;

fn all_receive_the_same_order(step: Step) {
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
            .map(|client| scope.spawn(|| talk_and_listen(client)))
            .collect();
        talks.into_iter().map(|talk| talk.join().unwrap()).collect()
    });

    for (client, transcript) in eight.iter().zip(&transcripts) {
        assert_eq!(
            transcript, &transcripts[0],
            "{client} received another order"
        );
        let own = format!("{client} says: ");
        let lines = transcripts[0].iter().filter(|line| line.starts_with(&own));
        let expected = (0..MESSAGES).map(|number| own.clone() + &message(number));
        assert!(lines.cloned().eq(expected), "the messages of {client}");
    }
    eight[0].send_line("that was all");
    let line = format!("{} says: that was all", eight[0]);
    expect_all(&line, &mut eight);
}

/// Sends all messages, each after the one before has come back (a chat may take two for one if they
/// arrive together). Then receives those of the others.
fn talk_and_listen(client: &mut Client) -> Vec<String> {
    let mut received = Vec::new();
    for number in 0..MESSAGES {
        client.send_line(&message(number));
        let own = format!("{client} says: {}", message(number));
        while received.last() != Some(&own) {
            received.push(client.next_line().expect("a line"));
        }
    }
    while received.len() < 8 * MESSAGES {
        received.push(client.next_line().expect("a line"));
    }
    received
}

/// Short and long messages.
fn message(number: usize) -> String {
    format!("{number}{}", "x".repeat(number * number % 1000))
}

/// Nagle's algorithm would hold the second of two lines until bob's kernel acknowledges the first:
/// a delayed ACK, 40 ms or more.
fn two_lines_arrive_without_nagles_delay(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let mut carol = next(&server, "carol", [&mut alice, &mut bob]);
    let (mut usual, mut waits) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        let start = Instant::now();
        // A client that has just sent delays its ACK, to send it with more data.
        bob.send_line("well?");
        let line = format!("{bob} says: well?");
        expect_all(&line, [&mut alice, &mut bob, &mut carol]);
        usual.push(start.elapsed());
        let start = Instant::now();
        alice.send_line("yes");
        carol.send_line("no");
        for _ in 0..2 {
            bob.next_line();
        }
        waits.push(start.elapsed());
        for client in [&mut alice, &mut carol] {
            client.next_line();
            client.next_line();
        }
    }
    // The median, compared with that of one line: a busy machine delays both.
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
    let with_alice = server.resources();
    for _ in 0..20 {
        let bob = next(&server, "bob", [&mut alice]);
        let left = format!("{bob} left the chat.");
        alice.send_line("hi, bob!");
        alice.expect_line(&format!("{alice} says: hi, bob!"));
        bob.reset();
        alice.expect_line(&left);
    }
    alice.send_line("nobody?");
    alice.expect_line(&format!("{alice} says: nobody?"));
    server.wait_for_resources(with_alice);
}
