//! A read that fails ends the thread before it has told anybody.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✓ bob leaves, alice and carol hear "{bob} left the chat."
//!   ✓ the talk goes on
//!   ✓ carol sends no more (half-closes), alice hears "{carol} left the chat."
//!   ✓ carol is disconnected
//!   ✗ dave resets the connection, and alice hears nothing for 1 s
//!     It means   your server does not tell that a client has left if it left by a
//!                reset.
//!     Look at    what follows a read that fails: the same as after one that
//!                returns 0.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};

use super::{Clients, join, leave, say, serve_each};

pub fn main() {
    serve_each(|clients, client, address| drop(chat(client, address, clients)));
}

fn chat(mut client: TcpStream, address: SocketAddr, clients: &Clients) -> io::Result<()> {
    join(clients, &client, address);
    let mut buffer = [0; 512];
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&buffer[..length]);
        say(clients, address, text.trim());
    }
    leave(clients, address);
    Ok(())
}
