//! The list of clients is locked while a thread waits for its client to say something.
//!
//! check 3: two people in one room
//!   ✓ alice says "hi", hears "{alice} says: hi"
//!   ✗ bob connects, and alice hears nothing for 1 s
//!       bob said "hello?", and nothing came; then alice left, and it came at once
//!     It means   your server serves nobody else while it waits for one client to
//!                say something.
//!     Look at    what is held while it waits in read(): a lock, probably. Lock
//!                after the read, not before it. Or does it join() the client's
//!                thread?
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{chat, read, tell};

pub fn main() {
    chat(|clients, mut client, address| {
        let mut room = clients.lock().unwrap();
        while let Some(text) = read(&mut client) {
            tell(&mut room, &format!("{address} says: {}\n", text.trim()));
        }
    });
}
