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
use lines::Lines;
use pace::Pace;
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

/// What a client's reading thread knows of it.
struct Reader {
    client: Client,
    to_room: SyncSender<(u64, Event)>,
    pace: Pace,
}

fn main() {
    printing::start();
    let address = server::arguments("[ADDRESS]").next();
    let listener = server::listen(address);
    let (to_room, events) = mpsc::sync_channel(room::EVENTS);
    thread::spawn(move || Room::new().run(&events));
    door::accept_loop(&listener, move |client| {
        let (to_room, pace) = (to_room.clone(), Pace::new());
        let reader = Reader {
            client,
            to_room,
            pace,
        };
        reader.serve();
    });
}

impl Reader {
    /// The reading thread, from the client's arrival to its departure.
    fn serve(mut self) {
        let (outlet, taken) = self.client.way_out();
        self.tell_room(Event::Joined { outlet });
        self.listen();
        self.tell_room(Event::Left);
        self.client.goes(&taken);
    }

    /// Passes on what the client asks for, line by line, until it goes.
    fn listen(&mut self) {
        for line in Lines::new(&*self.client.stream) {
            let length = line.as_ref().map_or(0, String::len);
            self.pace.wait(length);
            let command = line.map_or_else(|bad| Command::Answer(bad.to_string()), commands::parse);
            let is_last = command == Command::Exit; // Lines after that stay unread.
            self.tell_room(Event::Asked { command });
            if is_last {
                return;
            }
        }
    }

    /// Tells the room about the client. Waits if too many events wait already.
    fn tell_room(&self, event: Event) {
        let _ = self.to_room.send((self.client.id, event)); // Fails only without a room, and the room outlives all clients.
    }
}
