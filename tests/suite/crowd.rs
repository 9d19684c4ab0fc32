//! What every server for many clients promises.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::server::Server;
use crate::step::{self, Step};

on_each!([threads broadcast lines commands names outboxes backpressure one_writer accounts ledger instances] {
    idle_clients_hold_nobody_up
});

fn idle_clients_hold_nobody_up(step: Step) {
    let server = Server::start(step);
    let silent = server.connect("alice");
    let slow = server.connect("bob");
    slow.send_bytes(b"wait, I am");
    server.round_trip(&mut server.connect("carol"));
    drop((silent, slow));
}

/// At most a second. On a quiet machine it is some 20 ms; on a busy one, one try in three counts.
#[test]
#[ignore = "takes long: .ci/run runs it"]
fn fifty_stalled_clients_cause_no_long_pause() {
    let steps = [step::outboxes(), step::backpressure(), step::one_writer()];
    for step in steps {
        let pauses: Vec<Duration> = (0..3)
            .map(|_| longest_pause_beside_fifty(step))
            .take_while(|pause| *pause >= Duration::from_secs(1))
            .collect();
        assert!(pauses.len() < 3, "{}: {pauses:?}", step.name);
    }
}

fn longest_pause_beside_fifty(step: Step) -> Duration {
    let server = Server::start(step);
    let join = |name| {
        let mut client = server.connect(name);
        server.round_trip(&mut client);
        client
    };
    let (mut readers, stalled): (Vec<_>, Vec<_>) = (0..50)
        .map(|_| (join("a reader"), join("a stalled client")))
        .unzip();
    let line = format!("{} says: {}", readers[0], "x".repeat(4000));
    let (mut gone, mut longest) = (0, Duration::ZERO);
    while gone < stalled.len() {
        let start = Instant::now();
        readers[0].send_line(&"x".repeat(4000));
        gone += readers
            .iter_mut()
            .map(|reader| count_left_before(reader, &line))
            .max()
            .unwrap_or(0);
        longest = longest.max(start.elapsed());
    }
    longest
}

/// Reads up to a line, and counts the clients that leave before it.
fn count_left_before(client: &mut Client, line: &str) -> usize {
    let received =
        std::iter::from_fn(|| client.next_line()).take_while(|received| received != line);
    received
        .filter(|received| received.ends_with(" left the chat."))
        .count()
}
