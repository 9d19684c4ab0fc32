//! Whoever leaves is forgotten, but nobody is told.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✗ bob leaves, and alice hears nothing for 1 s
//!     It means   your server tells nobody that a client has left.
//!     Look at    what follows the read that returns 0: the others must be told.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{join, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        join(clients, &client, address);
        while let Some(text) = read(&mut client) {
            say(clients, address, text.trim());
        }
        clients
            .lock()
            .unwrap()
            .retain(|(other, _)| *other != address);
    });
}
