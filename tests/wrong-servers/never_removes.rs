//! A client that leaves stays in the list, and the error of writing to it ends the one who speaks.
//!
//! check 3
//!   ✗ bob leaves, then alice says "ping 4", and carol hears nothing for 1 s
//!       where "{alice} says: ping 4" was expected
//!     It means   the expected reply never came. Cause unknown.
//!     Look at    the panic above, first: it ended a thread. Then the call it is
//!                blocked in: what would unblock it? If nothing is blocked, check
//!                what it writes and to which client.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::{Clients, join, said, serve_each};

pub fn main() {
    serve_each(|clients, client, address| chat(client, address, clients).unwrap());
}

fn chat(mut client: TcpStream, address: SocketAddr, clients: &Clients) -> io::Result<()> {
    join(clients, &client, address);
    let mut buffer = [0; 512];
    loop {
        let length = client.read(&mut buffer)?;
        let line = match length {
            0 => format!("{address} left the chat.\n").into_bytes(),
            _ => said(address, &buffer[..length]),
        };
        for (_, stream) in clients.lock().unwrap().iter_mut() {
            stream.write_all(&line)?;
        }
        if length == 0 {
            return Ok(());
        }
    }
}
