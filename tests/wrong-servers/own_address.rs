//! A client is called by the address of the server.
//!
//! check 3
//!   ✗ alice says "hi" and hears "127.0.0.1:… says: hi"
//!       where "{alice} says: hi" was expected
//!     It means   your server shows its own address instead of the client's.
//!     Look at    where {who} comes from: accept() and peer_addr() return the
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
