//! The list of clients is locked before each read, and let go after it.
//!
//! check 3
//!   ✗ bob connects, and alice hears nothing for 1 s
//!       where "{bob} joined the chat." was expected
//!     It means   your server serves no other client while it waits for one
//!                client's input.
//!     Look at    what blocks the accept loop: a join, until a client's thread
//!                ends? Or a lock held while a thread waits in read(): lock after
//!                the read, not before it.

use super::{chat, read, said, tell};

pub fn main() {
    chat(|clients, mut client, address| {
        loop {
            let mut room = clients.lock().unwrap();
            let Some(text) = read(&mut client) else {
                return;
            };
            tell(&mut room, said(address, &text));
        }
    });
}
