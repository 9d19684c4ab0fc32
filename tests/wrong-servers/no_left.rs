//! A client that leaves is forgotten, but nobody is told.
//!
//! check 3
//!   ✗ bob leaves, and alice hears nothing for 1 s
//!       where "{bob} left the chat." was expected
//!     It means   your server does not announce that a client left.
//!     Look at    what follows the read that returns 0: notify the other clients.

use super::{join, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        join(clients, &client, address);
        while let Some(text) = read(&mut client) {
            say(clients, address, &text);
        }
        clients
            .lock()
            .unwrap()
            .retain(|(other, _)| *other != address);
    });
}
