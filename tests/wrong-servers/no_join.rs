//! Nobody is told of a newcomer.
//!
//! check 3: two people in one room
//!   ✓ alice says "hi", hears "{alice} says: hi"
//!   ✗ bob connects, and alice hears nothing for 1 s
//!     It means   your server tells nobody that somebody joined.
//!     Look at    what happens between accept and the first read: the others must
//!                be told.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{leave, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        clients
            .lock()
            .unwrap()
            .push((address, client.try_clone().unwrap()));
        while let Some(text) = read(&mut client) {
            say(clients, address, text.trim());
        }
        leave(clients, address);
    });
}
