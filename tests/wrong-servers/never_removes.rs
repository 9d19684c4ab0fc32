//! Whoever leaves stays in the list, and the error of writing to it ends the one who speaks.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✓ bob leaves, alice and carol hear "{bob} left the chat."
//!   ✗ alice says two words, and carol hears nothing for 1 s
//!     It means   your server still writes to a client that has left, and others
//!                pay for it.
//!     Look at    the panic above, first: it has ended a thread. Then what happens
//!                when a client leaves or a write fails: forget that client, serve
//!                the others.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::{Clients, join, serve_each};

pub fn main() {
    serve_each(|clients, client, address| chat(client, address, clients).unwrap());
}

fn chat(mut client: TcpStream, address: SocketAddr, clients: &Clients) -> io::Result<()> {
    join(clients, &client, address);
    let mut buffer = [0; 512];
    loop {
        let length = client.read(&mut buffer)?;
        let text = String::from_utf8_lossy(&buffer[..length])
            .trim()
            .to_string();
        let line = match length {
            0 => format!("{address} left the chat.\n"),
            _ => format!("{address} says: {text}\n"),
        };
        for (_, stream) in clients.lock().unwrap().iter_mut() {
            stream.write_all(line.as_bytes())?;
        }
        if length == 0 {
            return Ok(());
        }
    }
}
