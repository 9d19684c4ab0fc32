//! A client's thread ends, but a handle to its connection stays in a list.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✓ bob leaves, alice and carol hear "{bob} left the chat."
//!   ✓ the talk goes on
//!   ✓ carol sends no more (half-closes), alice hears "{carol} left the chat."
//!   ✗ carol is still connected after 1 s
//!     It means   your server keeps a connection whose client has said its last
//!                word.
//!     Look at    what follows the read that returns 0: answer what is due, then
//!                close.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::net::TcpStream;
use std::sync::Mutex;

use super::{chat, read, say};

/// Everybody who ever came.
static HISTORY: Mutex<Vec<TcpStream>> = Mutex::new(Vec::new());

pub fn main() {
    chat(|clients, mut client, address| {
        HISTORY.lock().unwrap().push(client.try_clone().unwrap());
        while let Some(text) = read(&mut client) {
            say(clients, address, text.trim());
        }
    });
}
