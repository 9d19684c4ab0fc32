//! Step 6, backpressure: a chat server where nobody waits for a client that does not read.
//!
//! - The room is a thread (`room.rs`) that owns the clients. What one thread owns needs no lock.
//! - Each client has a thread (`door.rs` starts it), which reads from it and tells the room what the client wants.
//! - A client whose socket is full gets an outbox (`outbox.rs`): a queue of what waits for it, and a thread that writes
//!   it. The room writes to all others itself (`outlet.rs`).
//! - While a client that reads is behind, those that talk too fast for it are slowed down (`pace.rs`).

use std::sync::mpsc::{self, SyncSender};
use std::thread;

use commands::Command;
use door::Client;
use room::{Event, Room};

mod audience;
#[path = "../5-names/clock.rs"]
mod clock;
#[path = "../5-names/commands.rs"]
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
mod door;
#[path = "../5-names/goodbye.rs"]
mod goodbye;
#[path = "../4-lines/lines.rs"]
mod lines;
mod outbox;
mod outlet;
mod pace;
mod printing;
mod room;
#[path = "../4-lines/server.rs"]
mod server;

fn main() {
    printing::start();
    let address = server::arguments("[ADDRESS]").next();
    let listener = server::listen(address);
    let (to_room, events) = mpsc::sync_channel(room::EVENTS);
    thread::spawn(move || Room::default().run(&events, Room::handle));
    door::accept_loop(&listener, move |client| read_loop(&client, &to_room));
}

/// A client's reading thread: tells the room about it, from its arrival to its departure.
fn read_loop(client: &Client, to_room: &SyncSender<(u64, Event)>) {
    let tell_room = |event| {
        // Waits if the channel is full. Fails only without a room.
        let _ = to_room.send((client.id, event));
    };
    let (outlet, taken) = client.way_out();
    tell_room(Event::Joined { outlet });
    for line in client.lines() {
        let command = match line {
            Ok(line) => commands::parse(line),
            Err(bad) => Command::Answer(bad.to_string()),
        };
        let is_last = command == Command::Exit; // Lines after that stay unread.
        tell_room(Event::Asked { command });
        if is_last {
            break;
        }
    }
    tell_room(Event::Left);
    client.goes(&taken);
}
