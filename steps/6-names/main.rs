//! Step 6, names: a chat server where every client can have a name of its own.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use commands::Command;
use goodbye::hang_up;
use lines::Lines;
use room::Room;

#[macro_use]
#[path = "../4-lines/output.rs"]
mod output;
#[path = "../5-commands/clock.rs"]
mod clock;
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
#[path = "../5-commands/goodbye.rs"]
mod goodbye;
#[path = "../4-lines/lines.rs"]
mod lines;
mod room;
#[path = "../4-lines/server.rs"]
mod server;

fn main() {
    let address = server::arguments("[ADDRESS]").next();
    accept_loop(&server::listen(address));
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener) {
    let room = Arc::<Mutex<Room>>::default(); // One room, which all threads share.
    for id in 0.. {
        match listener.accept() {
            Ok((client, address)) => {
                let room = Arc::clone(&room);
                // `thread::spawn` would panic where the operating system
                // refuses a thread. This returns the error, and drops the
                // client: its connection closes.
                let thread =
                    thread::Builder::new().spawn(move || serve(&client, address, id, &room));
                if let Err(error) = thread {
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
fn serve(client: &TcpStream, address: SocketAddr, id: u64, room: &Mutex<Room>) {
    if let Err(error) = chat(client, address, id, room) {
        log_error!("Could not let {address} join: {error}");
    }
}

/// Lets a client join, does what it asks for, and lets it leave.
fn chat(client: &TcpStream, address: SocketAddr, id: u64, room: &Mutex<Room>) -> io::Result<()> {
    client.set_nodelay(true)?; // Or Nagle's algorithm delays small answers.
    let stream = client.try_clone()?;
    room.lock().unwrap().join(id, address, stream);
    // Only now: a stopped terminal keeps nobody out.
    log!("Accepted new client: {address}");
    read_loop(client, id, room);
    room.lock().unwrap().leave(id);
    hang_up(client);
    log!("Client disconnected: {address}");
    Ok(())
}

/// Does what a client asks for, line by line, until it leaves.
fn read_loop(client: &TcpStream, id: u64, room: &Mutex<Room>) {
    for line in Lines::new(client) {
        // One lock for each command: nothing comes between its question and its
        // answer. None while the thread waits for the next line.
        match line.map(commands::parse) {
            Ok(Command::Say(text)) => room.lock().unwrap().say(id, &text),
            Ok(Command::Answer(text)) => room.lock().unwrap().answer(id, &text),
            Ok(Command::Rename(name)) => room.lock().unwrap().rename(id, name),
            Ok(Command::Who) => room.lock().unwrap().who(id),
            Ok(Command::Exit) => return room.lock().unwrap().answer(id, "Bye."),
            Err(bad) => room.lock().unwrap().answer(id, &bad.to_string()),
        }
    }
}
