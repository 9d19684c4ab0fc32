//! Step 6, backpressure: a chat server where nobody waits for a client that does not read.
//!
//! - The room is a thread (`room.rs`) that owns the clients. What one thread owns needs no lock.
//! - Each client has a thread, which reads from it and tells the room what the client wants.
//! - A client that has fallen behind has an outbox (`outbox.rs`): a queue of what waits for it, and a thread that writes
//!   it. The room writes to all others itself (`outlet.rs`).

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Duration;

use commands::Command;
use goodbye::hang_up;
use lines::Lines;
use outlet::Outlet;
use room::{Event, Room};

#[macro_use]
#[path = "../4-lines/output.rs"]
mod output;
#[path = "../5-names/clock.rs"]
mod clock;
#[path = "../5-names/commands.rs"]
mod commands;
#[path = "../5-names/goodbye.rs"]
mod goodbye;
#[path = "../4-lines/lines.rs"]
mod lines;
mod outbox;
mod outlet;
mod room;
#[path = "../5-names/server.rs"]
mod server;

/// The stack of a client's threads. The default of 2 MiB is for functions that call each other deeper than ours.
const STACK: usize = 128 << 10;

/// How long a client that leaves has to read what waits for it. Even at 10 kB/s, a full outbox needs less.
const GRACE: Duration = Duration::from_secs(300);

fn main() {
    let listener = server::start();
    let (room, events) = mpsc::sync_channel(room::EVENTS);
    thread::spawn(move || Room::default().run(&events));
    accept_loop(&listener, &room);
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener, room: &SyncSender<(u64, Event)>) {
    for id in 0.. {
        match listener.accept() {
            Ok((client, address)) => {
                let room = room.clone();
                // `thread::spawn` would panic where the operating system refuses a thread; this
                // returns the error, and drops the client: its connection closes.
                let thread = thread::Builder::new().stack_size(STACK);
                let thread = thread.spawn(move || serve(client, address, id, &room));
                if let Err(error) = thread {
                    log_error!("Could not start a thread: {error}");
                }
            }
            Err(error) => {
                // Out of file descriptors, say. Trying again at once would spin.
                log_error!("Could not accept a client: {error}");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// A client's reading thread, from its arrival to its departure.
fn serve(client: TcpStream, address: SocketAddr, id: u64, room: &SyncSender<(u64, Event)>) {
    let client = Arc::new(client);
    let _ = client.set_nodelay(true); // Without it, Nagle's algorithm may hold small answers back.
    let (done, all_is_written) = mpsc::sync_channel(0); // Nothing is sent: its end says that all is written.
    let outlet = Outlet::new(Arc::clone(&client), address, done);
    tell_room(room, id, Event::Joined { outlet });
    log!("Accepted new client: {address}"); // Only now: a stopped terminal keeps nobody out.
    listen(&client, id, room);
    tell_room(room, id, Event::Left);
    let _ = all_is_written.recv_timeout(GRACE);
    hang_up(&client);
    log!("Client disconnected: {address}");
}

/// Passes on what a client asks for, line by line, until it goes.
fn listen(client: &TcpStream, id: u64, room: &SyncSender<(u64, Event)>) {
    for line in Lines::new(client) {
        let command = line.map_or_else(|bad| Command::Answer(bad.to_string()), commands::parse);
        let is_last = command == Command::Exit; // Lines after that stay unread.
        tell_room(room, id, Event::Asked { command });
        if is_last {
            return;
        }
    }
}

/// Tells the room about a client. Waits if too many events wait already.
fn tell_room(room: &SyncSender<(u64, Event)>, id: u64, event: Event) {
    let _ = room.send((id, event)); // Fails only without a room, and the room outlives all clients.
}
