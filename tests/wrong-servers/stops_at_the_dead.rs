//! A broadcast ends at the first write that fails. It fails for whoever is leaving, so those who
//! came after that one never hear that it left.
//!
//! check 3
//!   ✗ bob leaves, and carol hears nothing for 1 s
//!       where "{bob} left the chat." was expected
//!     It means   your server did not say what was expected, and this check does
//!                not know why.
//!     Look at    what it waits in: who would have to do something for it to go on?
//!                If nobody, it has done what it knows: what does it write, and to
//!                whom?

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
