//! Step 6, backpressure: a chat server where nobody waits for a client that does not read.
//!
//! - The room is a thread (`room.rs`). It owns the clients' names and their outlets (`outlet.rs`), through which it alone
//!   writes to them. What one thread owns needs no lock. It waits for events, and for a client no longer than a moment.
//! - Each client has a thread, which reads from it and tells the room what the client wants. It waits for its client, and
//!   for the room if too many events wait there: TCP slows down a client that talks faster than the room can listen.
//! - A client that has fallen behind has an outbox (`outbox.rs`): a queue of what waits for it, and a thread that writes
//!   it, which waits for the client. Only the client's own reading thread waits for that, to say goodbye.
//!
//! No cycle of waits, so no deadlock.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Duration;

use commands::Command;
use goodbye::hang_up;
use lines::Lines;
use outlet::Outlet;
use room::Event;

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
#[path = "../4-lines/server.rs"]
mod server;

/// The stack of a client's threads. The default of 2 MiB is for functions that call each other deeper than ours.
const STACK: usize = 128 << 10;

/// How long a client that leaves has to read what waits for it. Even at 10 kB/s, a full outbox needs less.
const GRACE: Duration = Duration::from_secs(300);

/// What a client's reading thread knows.
struct Session {
    id: u64,
    address: SocketAddr,
    stream: Arc<TcpStream>,
    room: SyncSender<(u64, Event)>,
}

fn main() {
    let room = room::open().expect("a thread for the room");
    accept_loop(&server::start(), &room);
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener, room: &SyncSender<(u64, Event)>) {
    for id in 0.. {
        match listener.accept() {
            Ok((stream, address)) => {
                let session = Session {
                    id,
                    address,
                    stream: Arc::new(stream),
                    room: room.clone(),
                };
                // `thread::spawn` would panic where the operating system refuses a thread; this
                // returns the error, and drops the client: its connection closes.
                let thread = thread::Builder::new().stack_size(STACK);
                let thread = thread.spawn(move || serve(&session));
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
fn serve(session: &Session) {
    if let Err(error) = chat(session) {
        log_error!("Could not let {} join: {error}", session.address);
    }
}

/// Lets a client join, passes on what it asks for, and lets it leave.
fn chat(session: &Session) -> io::Result<()> {
    session.stream.set_nodelay(true)?; // Without it, Nagle's algorithm may hold small answers back.
    let (done, all_is_written) = mpsc::sync_channel(0); // Nothing is sent: its end says that all is written.
    let outlet = Outlet::new(Arc::clone(&session.stream), session.address, done)?;
    tell_room(session, Event::Joined { outlet });
    log!("Accepted new client: {}", session.address); // Only now: a stopped terminal keeps nobody out.
    let last_words = listen(session);
    tell_room(session, Event::Left { last_words });
    let _ = all_is_written.recv_timeout(GRACE);
    hang_up(&session.stream);
    log!("Client disconnected: {}", session.address);
    Ok(())
}

/// Passes on what a client asks for, line by line, until it goes. Returns the last answer to it, if there is one.
fn listen(session: &Session) -> Option<&'static str> {
    for line in Lines::new(&*session.stream) {
        let command = match line.map(commands::parse) {
            Ok(Command::Exit) => return Some(commands::BYE), // Lines after that stay unread.
            Ok(command) => command,
            Err(bad) => Command::Answer(bad.to_string()),
        };
        tell_room(session, Event::Asked { command });
    }
    None
}

/// Tells the room about this client. Waits if too many events wait already.
fn tell_room(session: &Session, event: Event) {
    let _ = session.room.send((session.id, event)); // Fails only without a room, and the room outlives all clients.
}
