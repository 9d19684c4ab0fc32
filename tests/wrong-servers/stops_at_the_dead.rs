//! A broadcast ends at the first write that fails. It fails for whoever is leaving, so those who
//! came after that one never hear that it left.
//!
//! check 3
//!   ✗ bob leaves, and carol hears nothing for 1 s
//!       where "{bob} left the chat." was expected
//!     It means   the expected reply never came. Cause unknown.
//!     Look at    the call it is blocked in: what would unblock it? If nothing is
//!                blocked, check what it writes and to which client.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Mutex;

use super::right::serve_each;

static CLIENTS: Mutex<Vec<(SocketAddr, TcpStream)>> = Mutex::new(Vec::new());

pub fn main() {
    serve_each(|mut client, address, _| {
        let mut clients = CLIENTS.lock().unwrap();
        let _ = tell_all(&clients, format!("{address} joined the chat.\n").as_bytes());
        clients.push((address, client.try_clone().unwrap()));
        drop(clients);
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let who = format!("{address} says: ");
            let line = [who.as_bytes(), buffer[..length].trim_ascii(), b"\n"].concat();
            let _ = tell_all(&CLIENTS.lock().unwrap(), &line);
        }
        let _ = client.shutdown(Shutdown::Both);
        let mut clients = CLIENTS.lock().unwrap();
        let _ = tell_all(&clients, format!("{address} left the chat.\n").as_bytes());
        clients.retain(|(other, _)| *other != address);
    });
}

fn tell_all(clients: &[(SocketAddr, TcpStream)], line: &[u8]) -> io::Result<()> {
    clients
        .iter()
        .try_for_each(|(_, stream)| (&*stream).write_all(line))
}
