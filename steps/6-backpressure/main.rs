//! Step 6, backpressure: a chat server where nobody has to wait for somebody else who does not read.
//!
//! Who owns what:
//! - The room is a thread (`room.rs`). It owns everybody's name and everybody's way out (`outlet.rs`). It alone says
//!   something to the clients, so nothing has to be locked for that.
//! - Each client has a thread that reads from it, which owns the unread part of its input, and tells the room what the
//!   client wants.
//! - A client that has fallen behind also has an outbox (`outbox.rs`), which owns what waits for it, and a thread that
//!   writes it.
//!
//! Who waits for whom:
//! - A reading thread waits for its client, and for the room if that has too much to do. So whoever talks faster than the
//!   room can listen is slowed down by TCP itself.
//! - The room waits for its channel, and for a client's socket no longer than a moment: it never waits for a thread.
//! - A writing thread waits for its client, as long as that takes. For it waits only the reading thread of the same
//!   client, and only to say goodbye.
//!
//! Follow it from anyone who waits: it ends at a client or at the room, never in a circle.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::time::Duration;
use std::{env, process, thread};

use commands::Command;
use goodbye::hang_up;
use lines::Lines;
use outlet::Outlet;
use output::{complain, log};
use room::Event;

#[path = "../5-names/commands.rs"]
mod commands;
#[path = "../5-names/goodbye.rs"]
mod goodbye;
#[path = "../4-lines/lines.rs"]
mod lines;
mod outbox;
mod outlet;
#[path = "../4-lines/output.rs"]
mod output;
mod room;

/// The stack of a client's threads. By default it would be 2 MiB, for functions that call each other deeper than ours.
const STACK: usize = 128 << 10;

/// How long a client that leaves has to take what it is due. Even at 10 kB/s, a full outbox needs less.
const GRACE: Duration = Duration::from_secs(300);

fn main() {
    let address = address();
    let (listener, room) = create_server(&address).unwrap_or_else(|error| {
        complain(&format!("Could not create server: {address}: {error}"));
        process::exit(1);
    });
    accept_loop(&listener, &room);
}

/// The address to listen on: the only argument, or `127.0.0.1:1337`.
fn address() -> String {
    let mut arguments = env::args_os()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned());
    match (arguments.next(), arguments.next()) {
        (None, _) => "127.0.0.1:1337".to_string(),
        (Some(address), None) if !address.starts_with('-') => address,
        _ => {
            complain("Usage: 6-backpressure [ADDRESS]");
            process::exit(2);
        }
    }
}

/// Opens the room, listens on `address` and says where: port 0 means any free port.
fn create_server(address: &str) -> io::Result<(TcpListener, SyncSender<Event>)> {
    let room = room::open()?;
    let listener = TcpListener::bind(address)?;
    log(&format!("Listening on {} ...", listener.local_addr()?));
    Ok((listener, room))
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener, room: &SyncSender<Event>) {
    for id in 0.. {
        match listener.accept() {
            Ok((client, address)) => {
                let (client, room) = (Arc::new(client), room.clone());
                // `thread::spawn` would panic where the system refuses a thread; this
                // returns the error, and drops the client: its connection closes.
                let thread = thread::Builder::new().stack_size(STACK);
                let thread = thread.spawn(move || serve(&client, id, address, &room));
                if let Err(error) = thread {
                    complain(&format!("Could not start a thread: {error}"));
                }
            }
            Err(error) => {
                // Out of file descriptors, say. Trying again at once would spin.
                complain(&format!("Could not accept a client: {error}"));
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// The thread that reads from a client, from its arrival to its departure.
fn serve(client: &Arc<TcpStream>, id: u64, address: SocketAddr, room: &SyncSender<Event>) {
    log(&format!("Accepted new client: {address}"));
    if let Err(error) = chat(client, id, address, room) {
        complain(&format!("Could not let {address} join: {error}"));
    }
    log(&format!("Client disconnected: {address}"));
}

/// Lets a client join, passes on what it asks for, and lets it leave.
fn chat(
    client: &Arc<TcpStream>,
    id: u64,
    address: SocketAddr,
    room: &SyncSender<Event>,
) -> io::Result<()> {
    client.set_nodelay(true)?; // Without it, Nagle's algorithm may hold small answers back.
    let outlet = Outlet::new(Arc::clone(client), address)?;
    tell(room, Event::Joined(id, address, outlet));
    let last_words = listen(client, id, room);
    let (done, all_is_sent) = mpsc::channel();
    tell(room, Event::Left(id, last_words, done));
    let _ = all_is_sent.recv_timeout(GRACE);
    hang_up(client);
    Ok(())
}

/// Passes on what a client asks for, line by line, until it goes. Returns what there is left to say to it.
fn listen(client: &TcpStream, id: u64, room: &SyncSender<Event>) -> &'static str {
    for line in Lines::new(client) {
        let command = match line.map(commands::parse) {
            Ok(Command::Exit) => return commands::BYE, // Whatever it sent after that stays unread.
            Ok(command) => command,
            Err(bad) => Command::Answer(bad.to_string()),
        };
        tell(room, Event::Asked(id, command));
    }
    ""
}

/// Tells the room something. If too much waits for the room already, this waits, too.
fn tell(room: &SyncSender<Event>, event: Event) {
    let _ = room.send(event); // Fails only without a room, and the room outlives everybody.
}
