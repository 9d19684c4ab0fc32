//! What becomes of a server when the operating system grants it no more. Only Linux lets one arrange that from outside.

use std::fs;
use std::net::TcpStream;

use crate::client::Client;
use crate::server::Server;
use crate::step::{self, Step};
use crate::wait::{WAIT, eventually};

on_each!([threads broadcast lines names backpressure accounts instances] {
    waits_while_there_is_no_descriptor_and_then_serves
    closes_whom_it_has_no_thread_for
});

/// Step 1 serves one at a time: its clients alone cannot exhaust it, nor help it by leaving.
#[test]
fn blocking_waits_while_there_is_no_descriptor_and_then_serves() {
    let server = Server::start(step::blocking());
    let mut alice = match server.exhaust_descriptors() {
        Ok(waiting) => waiting,
        Err(reason) => return println!("Not tried: {reason}"),
    };
    server.waits_without_spinning();
    alice.has_heard_nothing_else();
    server.limit_descriptors(100).unwrap();
    alice.hears("hi");
}

fn waits_while_there_is_no_descriptor_and_then_serves(step: Step) {
    let server = Server::start(step);
    let connect = |_| server.connect("one of ten");
    let mut ten: Vec<Client> = (0..10).map(connect).collect();
    all_are_served(&server, &mut ten);
    let mut bob = match server.exhaust_descriptors() {
        Ok(waiting) => waiting,
        Err(reason) => return println!("Not tried: {reason}"),
    };
    server.waits_without_spinning();
    bob.has_heard_nothing_else();
    all_are_served(&server, &mut ten);

    drop(ten);
    bob.hears_sometime(&step.answer(&bob, "hi"));
    server.serves(&mut server.connect("carol"));
}

fn all_are_served(server: &Server, clients: &mut [Client]) {
    for client in clients {
        server.serves(client);
    }
}

/// With stacks of 256 MiB in a space of 1 GiB, a few threads fit, and the memory that is left when no
/// other does is far from short.
fn closes_whom_it_has_no_thread_for(step: Step) {
    if ["6-backpressure", "7-accounts", "8-instances"].contains(&step.name) {
        return println!("Not tried: it chooses the size of its stacks itself.");
    }
    let server = Server::start_limited(step, "export RUST_MIN_STACK=268435456; ulimit -v 1048576");
    let mut lucky = Vec::new();
    while let Some(client) = serves_or_closes(&server) {
        lucky.push(client);
        assert!(lucky.len() < 100, "no thread was refused");
    }
    assert!(!lucky.is_empty(), "all threads were refused");
    all_are_served(&server, &mut lucky);
    drop(lucky);
    eventually("a thread to spare", || serves_or_closes(&server).is_some());
}

fn serves_or_closes(server: &Server) -> Option<Client> {
    let mut client = server.connect("one of many");
    client.says("hi");
    client.next_line().is_some().then_some(client)
}

/// One crowd at a time, for the sake of this process's own descriptors.
#[test]
fn a_thousand_idle_ones_hold_nobody_up() {
    serves_beside_a_thousand(step::threads());
}

/// Steps 4 and 5 let clients in as step 3 does, steps 7 and 8 as step 6.
#[test]
#[ignore = "takes long: .ci/run runs it"]
fn nor_do_a_thousand_in_a_chat() {
    let steps = [step::broadcast(), step::backpressure()];
    steps.into_iter().for_each(serves_beside_a_thousand);
}

fn serves_beside_a_thousand(step: Step) {
    println!("{}", step.name);
    let server = Server::start_limited(step, "ulimit -S -n \"$(ulimit -H -n)\"");
    let mut alice = server.connect("alice");
    let mut crowd = Vec::new();
    for number in 0..a_thousand() {
        crowd.push(server.connect("one of a thousand"));
        if number % 50 == 49 {
            // The last one is served, and they are accepted in order: none of them still waits.
            server.serves(&mut crowd[number]);
        }
    }
    let mut bob = server.connect("bob");
    for _ in 0..10 {
        server.serves(&mut alice);
        server.serves(&mut bob);
    }
    server.serves(&mut crowd[0]);
    server.serves(crowd.last_mut().unwrap());
}

/// Where this process and the server may have descriptors enough.
#[test]
#[ignore = "it takes a minute, and gigabytes of memory"]
fn the_room_of_step_6_is_full_at_ten_thousand() {
    let (soft, hard) = descriptors();
    if soft.min(hard / 2) < 10_000 {
        return println!("Not tried: the limit of open files is too low.");
    }
    let server = Server::start_limited(step::backpressure(), "ulimit -S -n \"$(ulimit -H -n)\"");
    let connect = |_| TcpStream::connect_timeout(&server.address, WAIT).unwrap();
    let mut crowd: Vec<_> = (0..10_000).map(connect).collect();
    let mut one_too_many = server.connect("one too many");
    one_too_many.hears("The room is full.");
    one_too_many.hears_the_end();
    drop(crowd.pop());
    eventually("a free place", || {
        let mut next = server.connect("the next one");
        next.says("/time");
        next.next_line().is_some_and(|line| line.ends_with(" UTC"))
    });
}

/// A thousand, or as many as this process and the server may have descriptors for.
fn a_thousand() -> usize {
    let (soft, hard) = descriptors();
    let number = 1000.min(soft / 2).min(hard / 3);
    if number < 1000 {
        println!("Only {number} clients: the limit of open files allows no more.");
    }
    number
}

/// How many descriptors this process may have, and how many it may ask for.
fn descriptors() -> (usize, usize) {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let mut fields = line.unwrap().split_whitespace().skip(3);
    let mut limit = || fields.next().unwrap().parse().unwrap_or(usize::MAX);
    (limit(), limit())
}
