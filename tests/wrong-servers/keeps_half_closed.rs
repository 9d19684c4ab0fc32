//! A client's thread ends, but a handle to its connection stays in a list.
//!
//! check 3
//!   ✗ carol sends no more (half-closes) and is still connected after 1 s
//!     It means   your server keeps a connection open after end-of-file.
//!     Look at    what follows the read that returns 0: drop every handle to the
//!                connection, or shut it down.

use std::net::TcpStream;
use std::sync::Mutex;

use super::{chat, read, say};

/// Everybody who ever came.
static HISTORY: Mutex<Vec<TcpStream>> = Mutex::new(Vec::new());

pub fn main() {
    chat(|clients, mut client, address| {
        HISTORY.lock().unwrap().push(client.try_clone().unwrap());
        while let Some(text) = read(&mut client) {
            say(clients, address, &text);
        }
    });
}
