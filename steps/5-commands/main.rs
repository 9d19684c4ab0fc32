//! Step 5, commands: a chat server where a line that starts with `/` is for the server.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use commands::Command;
use goodbye::hang_up;
use lines::Lines;

#[macro_use]
#[path = "../4-lines/output.rs"]
mod output;
mod clock;
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
mod goodbye;
#[path = "../4-lines/lines.rs"]
mod lines;
#[path = "../4-lines/server.rs"]
mod server;

/// Everybody in the chat: one list, which all threads share.
type Clients = Arc<Mutex<Vec<Client>>>;

/// Somebody in the chat.
struct Client {
    /// No other client ever has this number, while an address may come back.
    id: u64,
    stream: TcpStream,
}

fn main() {
    let address = server::arguments("[ADDRESS]").next();
    accept_loop(&server::listen(address));
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener) {
    let clients = Clients::default();
    for id in 0.. {
        match listener.accept() {
            Ok((client, address)) => {
                let clients = Arc::clone(&clients);
                // `thread::spawn` would panic where the operating system
                // refuses a thread. This returns the error, and drops the
                // client: its connection closes.
                let thread =
                    thread::Builder::new().spawn(move || serve(&client, address, id, &clients));
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
fn serve(client: &TcpStream, address: SocketAddr, id: u64, clients: &Clients) {
    if let Err(error) = chat(client, address, id, clients) {
        log_error!("Could not let {address} join: {error}");
    }
}

/// Lets a client join, does what it asks for, and lets it leave.
fn chat(client: &TcpStream, address: SocketAddr, id: u64, clients: &Clients) -> io::Result<()> {
    client.set_nodelay(true)?; // Or Nagle's algorithm delays small answers.
    join(clients, client.try_clone()?, address, id);
    // Only now: a stopped terminal keeps nobody out.
    log!("Accepted new client: {address}");
    read_loop(client, address, clients);
    leave(clients, id, address);
    hang_up(client);
    log!("Client disconnected: {address}");
    Ok(())
}

/// Does what a client asks for, line by line, until it leaves.
fn read_loop(client: &TcpStream, address: SocketAddr, clients: &Clients) {
    for line in Lines::new(client) {
        match line.map(commands::parse) {
            Ok(Command::Say(text)) => say(clients, address, &text),
            Ok(Command::Answer(text)) => tell(clients, client, &text),
            Ok(Command::Exit) => return tell(clients, client, "Bye."),
            Err(bad) => tell(clients, client, &bad.to_string()),
        }
    }
}

/// Tells the others that somebody joins, and adds it to the list.
fn join(clients: &Clients, stream: TcpStream, address: SocketAddr, id: u64) {
    // One lock for both: the newcomer misses nothing that is said in between.
    let mut clients = clients.lock().unwrap();
    broadcast(&clients, &format!("{address} joined the chat.\n"));
    clients.push(Client { id, stream });
}

/// Tells everybody what somebody says.
fn say(clients: &Clients, address: SocketAddr, text: &str) {
    let message = format!("{address} says: {text}\n");
    broadcast(&clients.lock().unwrap(), &message);
}

/// Tells one client something, and nobody else.
fn tell(clients: &Clients, mut client: &TcpStream, text: &str) {
    // Locked, though it is for one client: a broadcast could land inside it.
    let _clients = clients.lock().unwrap();
    let _ = client.write_all(format!("{text}\n").as_bytes());
}

/// Removes a client from the list, and tells the others that it left.
fn leave(clients: &Clients, id: u64, address: SocketAddr) {
    let mut clients = clients.lock().unwrap();
    clients.retain(|client| client.id != id);
    broadcast(&clients, &format!("{address} left the chat.\n"));
}

/// Writes a message to everybody. Where that fails, the connection is lost: the client's own thread
/// notices, and lets it leave. Nothing here can panic, so the lock around it is never poisoned.
fn broadcast(clients: &[Client], message: &str) {
    for mut stream in clients.iter().map(|client| &client.stream) {
        let _ = stream.write_all(message.as_bytes());
    }
}
