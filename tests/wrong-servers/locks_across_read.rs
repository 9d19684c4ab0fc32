//! The list of clients is locked while a thread waits for its client to say something.
//!
//! check 3
//!   ✗ bob connects, and alice hears nothing for 1 s
//!       where "{bob} joined the chat." was expected
//!     It means   your server serves nobody else while it waits for one client to
//!                say something.
//!     Look at    what is held while it waits in read(): a lock, probably. Lock
//!                after the read, not before it. Or does the accept loop wait for
//!                the client's thread to end?

use super::{chat, read, said, tell};

pub fn main() {
    chat(|clients, mut client, address| {
        let mut room = clients.lock().unwrap();
        while let Some(text) = read(&mut client) {
            tell(&mut room, said(address, &text));
        }
    });
}
