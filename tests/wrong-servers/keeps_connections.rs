//! Who leaves is shut down, and stays in the list: each visitor leaves a descriptor behind.
//!
//! check 3
//!   ✗ 50 visitors come and go and leave the server with 50 descriptors more
//!     It means   your server keeps the connections of clients that have left: in
//!                the end it runs out of descriptors.
//!     Look at    the list: remove a client that leaves, and drop every clone of
//!                its stream.

use std::io::Write;
use std::net::Shutdown;

use super::{Clients, read, said, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        let copy = client.try_clone().unwrap();
        tell(clients, format!("{address} joined the chat.\n").as_bytes());
        clients.lock().unwrap().push((address, copy));
        while let Some(text) = read(&mut client) {
            tell(clients, &said(address, &text));
        }
        let _ = client.shutdown(Shutdown::Both);
        tell(clients, format!("{address} left the chat.\n").as_bytes());
    });
}

fn tell(clients: &Clients, text: &[u8]) {
    for (_, client) in clients.lock().unwrap().iter_mut() {
        let _ = client.write_all(text);
    }
}
