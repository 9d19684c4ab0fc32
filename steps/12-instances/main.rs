//! Step 12, instances: several servers, one room.
//!
//! What step 11 does, and between the clients and the room a log:
//!
//! - What a client asks for goes to the log, and everybody hears what the log says (`room.rs`).
//! - What is for one client alone waits for what that client asked for before (`clients.rs`).
//! - The log is in memory (`memory.rs`), or in Redis, for any number of instances (`writer.rs`, `reader.rs`).
//! - There, a script decides (`room.lua`), so a name is one person's on all instances, and accounts are known to all.

use std::process;
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use door::Client;
use log::{Log, Snapshot};
use members::{Event, Member};
use memory::Memory;
use printing::STDOUT;
use reader::Reader;
use redis::Target;
use room::{Input, Room};
use turns::Turns;
use writer::Writer;

#[expect(dead_code, reason = "nothing has to be saved here")]
mod accounts;
mod audience;
mod clients;
#[path = "../5-commands/clock.rs"]
mod clock;
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
mod door;
#[path = "../5-commands/goodbye.rs"]
mod goodbye;
#[path = "../10-accounts/key.rs"]
mod key;
#[path = "../4-lines/lines.rs"]
mod lines;
mod log;
mod login;
mod members;
mod memory;
mod outbox;
mod outlet;
mod pace;
mod printing;
mod reader;
mod redis;
mod requests;
mod room;
mod script;
#[path = "../4-lines/server.rs"]
mod server;
#[path = "../10-accounts/sha256.rs"]
mod sha256;
mod turns;
mod writer;

fn main() {
    printing::start();
    let mut arguments = server::arguments("[ADDRESS] [REDIS]");
    let (address, redis) = (arguments.next(), arguments.next());
    let (to_room, inputs) = mpsc::sync_channel(room::EVENTS);
    let (log, snapshot) = match &redis {
        None => (Log::Memory(Memory::default()), Snapshot::default()),
        Some(redis) => join(redis, &to_room),
    };
    let listener = server::listen(address);
    if redis.is_none() {
        STDOUT.print("Accounts are kept in memory: name a Redis to keep them.".to_string());
    }
    thread::spawn(move || Room::new(log, snapshot).run(&inputs));
    let turns = Turns::default();
    door::accept_loop(&listener, move |client| {
        read_loop(&client, &to_room, &turns);
    });
}

/// Joins the room that a Redis keeps, and starts the two threads between it and ours.
fn join(redis: &str, to_room: &SyncSender<Input>) -> (Log, Snapshot) {
    let Some(target) = Target::parse(redis) else {
        eprintln!(
            "'{redis}' is not a Redis such as 127.0.0.1:6379 or redis://:PASSWORD@HOST:PORT/DB"
        );
        process::exit(2);
    };
    let (reader, snapshot) = Reader::new(target.clone()).unwrap_or_else(|error| {
        let address = &target.address;
        eprintln!("Could not join the room at Redis {address}: {error}");
        process::exit(1);
    });
    let writer = Writer::new(target, to_room.clone());
    let (asked, queue) = mpsc::channel();
    let to_room = to_room.clone();
    thread::spawn(move || reader.run(&to_room));
    thread::spawn(move || writer.run(&queue));
    (Log::Redis(asked), snapshot)
}

/// A client's reading thread: tells the room about it, from its arrival to its departure.
fn read_loop(client: &Client, to_room: &SyncSender<Input>, turns: &Turns) {
    let mut member = Member::new(client.id, to_room, turns);
    let undecided = Arc::clone(&member.undecided);
    let (outlet, taken) = client.way_out();
    member.tell_room(Event::Joined { outlet, undecided });
    member.listen(client);
    client.goes(&taken);
    member.undecided.wait(); // Until the log knows. So what waits for that is bounded, too.
}
