//! A client is called by the address of the server.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and hears "127.0.0.1:… says: hi"
//!       where "{alice} says: hi" was due
//!     It means   your server does not call a client what it should.
//!     Look at    where {who} comes from: accept() and peer_addr() tell the
//!                client's address, with its port; local_addr() is the server's
//!                own.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{chat, read, say};

pub fn main() {
    chat(|clients, mut client, _| {
        while let Some(text) = read(&mut client) {
            let who = client.local_addr().unwrap();
            say(clients, who, text.trim());
        }
    });
}
