//! The list of clients is locked while a thread waits for its client to say something.
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
        let mut room = clients.lock().unwrap();
        while let Some(text) = read(&mut client) {
            tell(&mut room, said(address, &text));
        }
    });
}
