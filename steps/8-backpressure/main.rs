//! Step 8, backpressure: a chat server where a flood costs the flooder its speed, and nobody a connection.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use commands::Command;
use goodbye::hang_up;
use lines::Lines;
use outbox::Outbox;
use room::Room;

#[macro_use]
#[path = "../7-outboxes/output.rs"]
mod output;
#[path = "../5-commands/clock.rs"]
mod clock;
#[path = "../6-names/commands.rs"]
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
#[path = "../5-commands/goodbye.rs"]
mod goodbye;
#[path = "../4-lines/lines.rs"]
mod lines;
mod outbox;
mod pace;
mod room;
#[path = "../4-lines/server.rs"]
mod server;

/// The most clients. Each may have two threads, and Linux by default has room for 16,000: at the next one, the standard
/// library ends the program.
const CLIENTS: usize = 7500;

fn main() {
    output::start();
    let address = server::arguments("[ADDRESS]").next();
    accept_loop(&server::listen(address));
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener) {
    let room = Arc::<Mutex<Room>>::default(); // One room, which all threads share.
    let count = Arc::<AtomicUsize>::default();
    for id in 0.. {
        match listener.accept() {
            Ok((mut client, _)) if count.load(SeqCst) == CLIENTS => {
                let _ = client.write_all(b"The room is full.\n");
            }
            Ok((client, address)) => {
                let (room, number) = (Arc::clone(&room), Arc::clone(&count));
                number.fetch_add(1, SeqCst);
                // `thread::spawn` would panic where the operating system
                // refuses a thread. This returns the error, and drops the
                // client: its connection closes.
                let thread = thread::Builder::new().spawn(move || {
                    serve(client, address, id, &room);
                    number.fetch_sub(1, SeqCst);
                });
                if let Err(error) = thread {
                    count.fetch_sub(1, SeqCst);
                    log_error!("Could not start a thread: {error}");
                }
            }
            Err(error) => {
                // Out of file descriptors? Trying again at once would spin.
                log_error!("Could not accept a client: {error}");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// A client's thread, from its arrival to its departure.
fn serve(client: TcpStream, address: SocketAddr, id: u64, room: &Mutex<Room>) {
    if let Err(error) = chat(client, address, id, room) {
        log_error!("Could not let {address} join: {error}");
    }
}

/// Lets a client join, does what it asks for, and lets it leave.
fn chat(client: TcpStream, address: SocketAddr, id: u64, room: &Mutex<Room>) -> io::Result<()> {
    client.set_nodelay(true)?; // Or Nagle's algorithm delays small answers.
    let client = Arc::new(client); // Two threads use it: one reads, the other writes.
    let outbox = Outbox::open(Arc::clone(&client), address)?;
    room.lock().unwrap().join(id, address, outbox.clone());
    // Only now: a stopped terminal keeps nobody out.
    log!("Accepted new client: {address}");
    read_loop(&client, id, room);
    room.lock().unwrap().leave(id);
    outbox.close();
    hang_up(&client);
    log!("Client disconnected: {address}");
    Ok(())
}

/// Does what a client asks for, line by line, until it leaves.
fn read_loop(client: &TcpStream, id: u64, room: &Mutex<Room>) {
    for line in Lines::new(client) {
        // One lock for each command: nothing comes between its question and its
        // answer. None while the thread waits for the next line.
        let pace = match line.map(commands::parse) {
            Ok(Command::Say(text)) => room.lock().unwrap().say(id, &text),
            Ok(Command::Answer(text)) => room.lock().unwrap().answer(id, &text),
            Ok(Command::Rename(name)) => room.lock().unwrap().rename(id, name),
            Ok(Command::Who) => room.lock().unwrap().who(id),
            Ok(Command::Exit) => return drop(room.lock().unwrap().answer(id, "Bye.")),
            Err(bad) => room.lock().unwrap().answer(id, &bad.to_string()),
        };
        // The lock is free again, so only this thread waits.
        if let Some(pace) = pace {
            pace.wait();
        }
    }
}
