//! A write that fails under the lock panics, and the lock is poisoned: of two clients that reset at
//! once, the goodbye of one goes to the other.
//!
//! check 3
//!   ✗ three clients reset at once, and alice does not get one notice for each that left
//!     It means   your server fails when several clients reset their connections at
//!                once.
//!     Look at    the panic above, first: it ended a thread. Then what follows a
//!                failed write: that client is about to leave anyway. An unwrap, a
//!                break or a ? there affects the clients that stay.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;

use super::right::serve_each;

static CLIENTS: Mutex<Vec<(SocketAddr, TcpStream)>> = Mutex::new(Vec::new());

pub fn main() {
    serve_each(|mut client, address, _| {
        let mut clients = CLIENTS.lock().unwrap();
        tell_all(&clients, format!("{address} joined the chat.\n").as_bytes());
        clients.push((address, client.try_clone().unwrap()));
        drop(clients);
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let who = format!("{address} says: ");
            let line = [who.as_bytes(), buffer[..length].trim_ascii(), b"\n"].concat();
            tell_all(&CLIENTS.lock().unwrap(), &line);
        }
        let mut clients = CLIENTS.lock().unwrap();
        clients.retain(|(other, _)| *other != address);
        tell_all(&clients, format!("{address} left the chat.\n").as_bytes());
    });
}

fn tell_all(clients: &[(SocketAddr, TcpStream)], line: &[u8]) {
    for (_, client) in clients {
        (&*client).write_all(line).unwrap();
    }
}
