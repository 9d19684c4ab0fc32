//! Servers that run out of descriptors or threads. Only on Linux can a test arrange that.

use std::fs;
use std::net::TcpStream;

use crate::client::Client;
use crate::server::Server;
use crate::step::{self, Step};
use crate::wait::{WAIT, eventually};

on_each!([threads broadcast lines commands names outboxes backpressure one_writer accounts ledger instances] {
    waits_while_there_is_no_descriptor_and_then_serves
    closes_a_client_it_has_no_thread_for
});

/// Step 1 has one client at a time: its clients can neither exhaust it nor free descriptors.
#[test]
fn blocking_waits_while_there_is_no_descriptor_and_then_serves() {
    let server = Server::start(step::blocking());
    let mut alice = match server.exhaust_descriptors() {
        Ok(waiting) => waiting,
        Err(reason) => return println!("Not tried: {reason}"),
    };
    server.assert_not_spinning();
    alice.assert_nothing_unread();
    server.limit_descriptors(100).unwrap();
    alice.expect_line("hi");
}

fn waits_while_there_is_no_descriptor_and_then_serves(step: Step) {
    let server = Server::start(step);
    let connect = |_| server.connect("one of ten");
    let mut ten: Vec<Client> = (0..10).map(connect).collect();
    round_trip_all(&server, &mut ten);
    let mut bob = match server.exhaust_descriptors() {
        Ok(waiting) => waiting,
        Err(reason) => return println!("Not tried: {reason}"),
    };
    server.assert_not_spinning();
    bob.assert_nothing_unread();
    round_trip_all(&server, &mut ten);

    drop(ten);
    bob.wait_for_line(&step.answer(&bob, "hi"));
    server.round_trip(&mut server.connect("carol"));
}

fn round_trip_all(server: &Server, clients: &mut [Client]) {
    for client in clients {
        server.round_trip(client);
    }
}

/// With stacks of 256 MiB in an address space of 1 GiB, a few threads fit, and enough memory is
/// left when no other does.
fn closes_a_client_it_has_no_thread_for(step: Step) {
    if step.name == "12-instances" {
        return println!("Not tried: it chooses the size of its stacks itself.");
    }
    let server = Server::start_limited(step, "export RUST_MIN_STACK=268435456; ulimit -v 1048576");
    let mut lucky = Vec::new();
    while let Some(client) = connect_unless_closed(&server) {
        lucky.push(client);
        assert!(lucky.len() < 100, "no thread was refused");
    }
    assert!(!lucky.is_empty(), "all threads were refused");
    round_trip_all(&server, &mut lucky);
    drop(lucky);
    eventually("a thread to spare", || {
        connect_unless_closed(&server).is_some()
    });
}

fn connect_unless_closed(server: &Server) -> Option<Client> {
    let mut client = server.connect("one of many");
    client.send_line("hi");
    client.next_line().is_some().then_some(client)
}

/// One crowd at a time, to spare the descriptors of this process.
#[test]
fn a_thousand_idle_clients_hold_nobody_up() {
    round_trips_beside_a_thousand(step::threads());
}

/// Steps 4 to 6 accept as step 3 does, step 8 as step 7, steps 10 and 11 as step 9.
#[test]
#[ignore = "takes long: .ci/run runs it"]
fn a_thousand_idle_chat_clients_hold_nobody_up() {
    let steps = [step::broadcast(), step::outboxes(), step::one_writer()];
    steps.into_iter().for_each(round_trips_beside_a_thousand);
}

fn round_trips_beside_a_thousand(step: Step) {
    println!("{}", step.name);
    let server = Server::start_limited(step, "ulimit -S -n \"$(ulimit -H -n)\"");
    let mut alice = server.connect("alice");
    let mut crowd = Vec::new();
    for number in 0..a_thousand() {
        crowd.push(server.connect("one of a thousand"));
        if number % 50 == 49 {
            // They are accepted in order: none of them is in the backlog any more.
            server.round_trip(&mut crowd[number]);
        }
    }
    let mut bob = server.connect("bob");
    for _ in 0..10 {
        server.round_trip(&mut alice);
        server.round_trip(&mut bob);
    }
    server.round_trip(&mut crowd[0]);
    server.round_trip(crowd.last_mut().unwrap());
}

/// The most clients of steps 7 to 11.
const CLIENTS: usize = 7500;

/// Needs enough descriptors for this process and the server.
#[test]
#[ignore = "it takes a minute, and gigabytes of memory"]
fn the_room_of_step_9_is_full_at_7500() {
    let (soft, hard) = descriptors();
    if soft.min(hard / 2) < CLIENTS {
        return println!("Not tried: the limit of open files is too low.");
    }
    let server = Server::start_limited(step::one_writer(), "ulimit -S -n \"$(ulimit -H -n)\"");
    let connect = |_| TcpStream::connect_timeout(&server.address, WAIT).unwrap();
    let mut crowd: Vec<_> = (0..CLIENTS).map(connect).collect();
    let mut one_too_many = server.connect("one too many");
    one_too_many.expect_line("The room is full.");
    one_too_many.expect_end();
    drop(crowd.pop());
    eventually("a free place", || {
        let mut next = server.connect("the next one");
        next.send_line("/time");
        next.next_line().is_some_and(|line| line.ends_with(" UTC"))
    });
}

/// A thousand, or as many as the limits on descriptors allow.
fn a_thousand() -> usize {
    let (soft, hard) = descriptors();
    let number = 1000.min(soft / 2).min(hard / 3);
    if number < 1000 {
        println!("Only {number} clients: the limit of open files allows no more.");
    }
    number
}

/// The soft and the hard limit on descriptors.
fn descriptors() -> (usize, usize) {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let mut fields = line.unwrap().split_whitespace().skip(3);
    let mut limit = || fields.next().unwrap().parse().unwrap_or(usize::MAX);
    (limit(), limit())
}
