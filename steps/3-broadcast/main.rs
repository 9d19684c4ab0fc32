//! Step 3, broadcast: a chat server where everybody hears what anybody says.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{env, process, thread};

/// Everybody in the chat: one list, which all threads share.
type Clients = Arc<Mutex<Vec<TcpStream>>>;

fn main() {
    let address = address();
    let listener = create_server(&address).unwrap_or_else(|error| {
        eprintln!("Could not create server: {address}: {error}");
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
            eprintln!("Usage: 3-broadcast [ADDRESS]");
            process::exit(2);
        }
    }
}

/// Listens on `address` and says where: port 0 means any free port.
fn create_server(address: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    println!("Listening on {} ...", listener.local_addr()?);
    Ok(listener)
}

/// The main thread: accepts one client after the other, for ever.
fn accept_loop(listener: &TcpListener) {
    let clients = Clients::default();
    loop {
        match listener.accept() {
            Ok((client, address)) => {
                let clients = Arc::clone(&clients);
                // `thread::spawn` would panic where the operating system
                // refuses a thread. This returns the error, and drops the
                // client: its connection closes.
                let thread = thread::Builder::new().spawn(move || serve(client, address, &clients));
                if let Err(error) = thread {
                    eprintln!("Could not start a thread: {error}");
                }
            }
            Err(error) => {
                // Out of file descriptors? Trying again at once would spin.
                eprintln!("Could not accept a client: {error}");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// A client's thread, from its arrival to its departure.
fn serve(client: TcpStream, address: SocketAddr, clients: &Clients) {
    if let Err(error) = chat(client, address, clients) {
        eprintln!("Could not let {address} join: {error}");
    }
}

/// Lets a client join, passes on whatever it says, and lets it leave.
fn chat(mut client: TcpStream, address: SocketAddr, clients: &Clients) -> io::Result<()> {
    client.set_nodelay(true)?; // Or Nagle's algorithm delays small answers.
    join(clients, client.try_clone()?, address);
    // Only now: a stopped terminal keeps nobody out.
    println!("Accepted new client: {address}");
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        say(clients, address, buffer[..length].trim_ascii());
    }
    leave(clients, &client, address);
    println!("Client disconnected: {address}");
    Ok(())
}

/// Tells the others that somebody joins, and adds it to the list.
fn join(clients: &Clients, client: TcpStream, address: SocketAddr) {
    // One lock for both: the newcomer misses nothing that is said in between.
    let mut clients = clients.lock().unwrap();
    let notice = format!("{address} joined the chat.\n");
    broadcast(&mut clients, notice.as_bytes());
    clients.push(client);
}

/// Tells everybody what somebody says.
fn say(clients: &Clients, address: SocketAddr, text: &[u8]) {
    let name = format!("{address} says: ");
    let message = [name.as_bytes(), text, b"\n"].concat();
    broadcast(&mut clients.lock().unwrap(), &message);
}

/// Tells the others that somebody left.
fn leave(clients: &Clients, client: &TcpStream, address: SocketAddr) {
    // Closes its clone in the list as well, so the broadcast will forget it.
    let _ = client.shutdown(Shutdown::Both);
    let notice = format!("{address} left the chat.\n");
    broadcast(&mut clients.lock().unwrap(), notice.as_bytes());
}

/// Writes a message to everybody, and forgets those whose connection is closed.
/// Nothing here can panic, so the lock around it is never poisoned.
fn broadcast(clients: &mut Vec<TcpStream>, message: &[u8]) {
    clients.retain_mut(|client| client.write_all(message).is_ok());
}
