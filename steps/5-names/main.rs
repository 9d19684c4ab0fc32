//! Step 5, names: a chat server where clients have names, and can send commands.

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
    /// Its nickname, or its address until it has one.
    name: String,
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
    let bye = listen(client, id, clients);
    leave(clients, client, id, bye);
    hang_up(client);
    log!("Client disconnected: {address}");
    Ok(())
}

/// Does what a client asks for, line by line, until it goes. Returns the last answer to it, if there is one.
fn listen(client: &TcpStream, id: u64, clients: &Clients) -> Option<&'static str> {
    for line in Lines::new(client) {
        match line.map(commands::parse) {
            Ok(Command::Say(text)) => say(clients, id, &text),
            Ok(Command::Answer(text)) => tell(clients, client, &text),
            Ok(Command::Rename(name)) => rename(clients, client, id, name),
            Ok(Command::Who) => who(clients, client),
            Ok(Command::Exit) => return Some(commands::BYE), // Lines after that stay unread.
            Err(bad) => tell(clients, client, &bad.to_string()),
        }
    }
    None
}

/// Tells the others that somebody joins, and adds it to the list.
fn join(clients: &Clients, stream: TcpStream, address: SocketAddr, id: u64) {
    // One lock for both: the newcomer misses nothing that is said in between.
    let mut clients = clients.lock().unwrap();
    broadcast(&clients, &format!("{address} joined the chat.\n"));
    let name = address.to_string();
    clients.push(Client { id, name, stream });
}

/// Tells everybody what somebody says.
fn say(clients: &Clients, id: u64, text: &str) {
    let clients = clients.lock().unwrap();
    if let Some(client) = clients.iter().find(|client| client.id == id) {
        broadcast(&clients, &format!("{} says: {text}\n", client.name));
    }
}

/// Tells one client something, and nobody else.
fn tell(clients: &Clients, client: &TcpStream, text: &str) {
    // Locked, though it is for one client: a broadcast could land inside it.
    let _clients = clients.lock().unwrap();
    answer(client, text);
}

/// Gives a client another name and tells everybody, or tells it alone why not.
fn rename(clients: &Clients, client: &TcpStream, id: u64, name: String) {
    // One lock for the question and the answer: of two who want a name at the
    // same time, one finds it taken.
    let mut clients = clients.lock().unwrap();
    let is_owner = |client: &&Client| client.name.eq_ignore_ascii_case(&name);
    match clients.iter().find(is_owner) {
        Some(owner) if owner.id != id => answer(client, &commands::taken(&name)),
        Some(owner) if owner.name == name => answer(client, &commands::yours(&name)),
        _ => {
            if let Some(client) = clients.iter_mut().find(|client| client.id == id) {
                let notice = format!("{} is now {name}\n", client.name);
                client.name = name;
                broadcast(&clients, &notice);
            }
        }
    }
}

/// Tells a client who is here.
fn who(clients: &Clients, client: &TcpStream) {
    let clients = clients.lock().unwrap();
    let names = clients.iter().map(|client| client.name.as_str());
    answer(client, &commands::list(names.collect()));
}

/// Removes a client from the list, with a last answer to it, and tells the others that it left.
fn leave(clients: &Clients, client: &TcpStream, id: u64, bye: Option<&str>) {
    // One lock for all: as soon as the name is free, everybody knows whose it
    // was.
    let mut clients = clients.lock().unwrap();
    if let Some(words) = bye {
        answer(client, words);
    }
    if let Some(place) = clients.iter().position(|client| client.id == id) {
        let client = clients.remove(place);
        broadcast(&clients, &format!("{} left the chat.\n", client.name));
    }
}

/// Writes a message to everybody. Where that fails, the connection is lost: the client's own thread
/// notices, and lets it leave. Nothing here can panic, so the lock around it is never poisoned.
fn broadcast(clients: &[Client], message: &str) {
    for mut stream in clients.iter().map(|client| &client.stream) {
        let _ = stream.write_all(message.as_bytes());
    }
}

/// Writes an answer to one client. The caller holds the lock.
fn answer(mut client: &TcpStream, text: &str) {
    let _ = client.write_all(format!("{text}\n").as_bytes());
}
