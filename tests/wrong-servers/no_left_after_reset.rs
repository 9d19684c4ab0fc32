//! A read that fails ends the thread before it has told anybody.
//!
//! check 3
//!   ✗ dave says "oops", resets the connection, and alice hears nothing for 1 s
//!       where "{dave} left the chat." was expected
//!     It means   your server does not announce a client that left by a reset.
//!     Look at    what follows a failed read: do the same as after one that returns
//!                0.

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
        say(clients, address, &buffer[..length]);
    }
    leave(clients, address);
    Ok(())
}
