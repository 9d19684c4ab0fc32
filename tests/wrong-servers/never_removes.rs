//! A client that leaves stays in the list, and the error of writing to it ends the one who speaks.
//!
//! check 3
//!   ✗ bob leaves, then alice says "ping 4", and carol hears nothing for 1 s
//!       where "{alice} says: ping 4" was expected
//!     It means   your server did not say what was expected, and this check does
//!                not know why.
//!     Look at    the panic above, first: it has ended a thread. Then what it waits
//!                in: who would have to do something for it to go on? If nobody, it
//!                has done what it knows: what does it write, and to whom?

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
