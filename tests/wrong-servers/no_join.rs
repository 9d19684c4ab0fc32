//! Nobody is told of a newcomer.
//!
//! check 3
//!   ✗ bob connects, and alice hears nothing for 1 s
//!       where "{bob} joined the chat." was expected
//!     It means   your server does not announce that a client joined.
//!     Look at    what happens between accept and the first read: notify the other
//!                clients.

use super::{leave, read, say, serve_each};

pub fn main() {
    serve_each(|clients, mut client, address| {
        clients
            .lock()
            .unwrap()
            .push((address, client.try_clone().unwrap()));
        while let Some(text) = read(&mut client) {
            say(clients, address, &text);
        }
        leave(clients, address);
    });
}
