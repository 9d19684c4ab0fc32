//! A client is called by the address of the server.
//!
//! check 3
//!   ✗ alice says "hi" and hears "127.0.0.1:… says: hi"
//!       where "{alice} says: hi" was expected
//!     It means   your server calls a client by the server's own address.
//!     Look at    where {who} comes from: accept() and peer_addr() tell the
//!                client's address; local_addr() is the server's own.

use super::{chat, read, say};

pub fn main() {
    chat(|clients, mut client, _| {
        while let Some(text) = read(&mut client) {
            let who = client.local_addr().unwrap();
            say(clients, who, &text);
        }
    });
}
