//! Step 5, names: a chat server where one can have a name, and ask the server for something.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{env, mem, process, thread};

use commands::Command;
use goodbye::hang_up;
use lines::Lines;
use output::{complain, log};

mod commands;
mod goodbye;
#[path = "../4-lines/lines.rs"]
mod lines;
#[path = "../4-lines/output.rs"]
mod output;

/// Everybody in the chat: one list, which all threads share.
type Clients = Arc<Mutex<Vec<Client>>>;

/// Somebody in the chat.
struct Client {
    /// What tells it from all others. A name may change, and even an address comes back.
    id: u64,
    /// Its nickname, or its address until it has one.
    name: String,
    stream: TcpStream,
}

fn main() {
    let address = address();
    let listener = create_server(&address).unwrap_or_else(|error| {
        complain(&format!("Could not create server: {address}: {error}"));
        process::exit(1);
    });
    accept_loop(&listener);
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
            complain("Usage: 5-names [ADDRESS]");
            process::exit(2);
        }
    }
}

/// Listens on `address` and says where: port 0 means any free port.
fn create_server(address: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    log(&format!("Listening on {} ...", listener.local_addr()?));
    Ok(listener)
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener) {
    let clients = Clients::default();
    for id in 0.. {
        match listener.accept() {
            Ok((client, address)) => {
                let clients = Arc::clone(&clients);
                // `thread::spawn` would panic where the system refuses a thread; this
                // returns the error, and drops the client: its connection closes.
                let thread =
                    thread::Builder::new().spawn(move || serve(&client, id, address, &clients));
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

/// A client's thread, from its arrival to its departure.
fn serve(client: &TcpStream, id: u64, address: SocketAddr, clients: &Clients) {
    if let Err(error) = chat(client, id, address, clients) {
        complain(&format!("Could not let {address} join: {error}"));
    }
}

/// Lets a client join, does what it asks for, and lets it leave.
fn chat(client: &TcpStream, id: u64, address: SocketAddr, clients: &Clients) -> io::Result<()> {
    client.set_nodelay(true)?; // Without it, Nagle's algorithm may hold small answers back.
    join(clients, id, client.try_clone()?, address);
    log(&format!("Accepted new client: {address}")); // Only now: a stopped terminal keeps nobody out.
    let last_words = listen(client, id, clients);
    leave(clients, id, last_words);
    hang_up(client);
    log(&format!("Client disconnected: {address}"));
    Ok(())
}

/// Does what a client asks for, line by line, until it goes. Returns what there is left to say to it.
fn listen(client: &TcpStream, id: u64, clients: &Clients) -> &'static str {
    for line in Lines::new(client) {
        match line.map(commands::parse) {
            Ok(Command::Say(text)) => say(clients, id, &text),
            Ok(Command::Answer(text)) => tell(clients, id, &text),
            Ok(Command::Rename(name)) => rename(clients, id, &name),
            Ok(Command::Who) => who(clients, id),
            Ok(Command::Exit) => return commands::BYE, // Whatever it sent after that stays unread.
            Err(bad) => tell(clients, id, &bad.to_string()),
        }
    }
    ""
}

/// Tells the others that somebody joins, and adds it to the list.
fn join(clients: &Clients, id: u64, stream: TcpStream, address: SocketAddr) {
    // One lock for both: nothing can be said in between, which the newcomer would miss.
    let mut clients = clients.lock().unwrap();
    let name = address.to_string();
    broadcast(&clients, &format!("{name} joined the chat.\n"));
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
fn tell(clients: &Clients, id: u64, text: &str) {
    // Locked, though it needs nobody else: a broadcast in between would be in the middle of it.
    let clients = clients.lock().unwrap();
    if let Some(client) = clients.iter().find(|client| client.id == id) {
        answer(client, text);
    }
}

/// Gives a client another name and tells everybody, or tells it alone why not.
fn rename(clients: &Clients, id: u64, name: &str) {
    // One lock for the question and the answer: of two who want a name at the same time, one finds it taken.
    let mut clients = clients.lock().unwrap();
    let owner = clients
        .iter()
        .find(|client| client.name.eq_ignore_ascii_case(name));
    let is_taken = owner.is_some_and(|owner| owner.id != id);
    let Some(client) = clients.iter_mut().find(|client| client.id == id) else {
        return;
    };
    if is_taken {
        answer(client, &commands::taken(name));
    } else if client.name == name {
        answer(client, &commands::yours(name));
    } else {
        let old = mem::replace(&mut client.name, name.to_string());
        broadcast(&clients, &format!("{old} is now {name}\n"));
    }
}

/// Tells a client who is here.
fn who(clients: &Clients, id: u64) {
    let clients = clients.lock().unwrap();
    if let Some(client) = clients.iter().find(|client| client.id == id) {
        let names = clients.iter().map(|client| client.name.as_str());
        answer(client, &commands::list(names.collect()));
    }
}

/// Removes a client from the list, with its last words, and tells the others that it left.
fn leave(clients: &Clients, id: u64, last_words: &str) {
    // One lock for all: as soon as the name is free for another, everybody knows whose it was.
    let mut clients = clients.lock().unwrap();
    if let Some(place) = clients.iter().position(|client| client.id == id) {
        let client = clients.remove(place);
        if !last_words.is_empty() {
            answer(&client, last_words);
        }
        broadcast(&clients, &format!("{} left the chat.\n", client.name));
    }
}

/// Writes a message to everybody. Where it fails the connection is lost, and the client's own thread will see to that:
/// only it removes the client, and with it the name, which the others are still to hear. Nothing here can panic, so the
/// lock around it is never poisoned.
fn broadcast(clients: &[Client], message: &str) {
    for mut stream in clients.iter().map(|client| &client.stream) {
        let _ = stream.write_all(message.as_bytes());
    }
}

/// Writes an answer to one client.
fn answer(client: &Client, text: &str) {
    let _ = (&client.stream).write_all(format!("{text}\n").as_bytes());
}
