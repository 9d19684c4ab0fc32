//! Whoever comes tells those who are there, and keeps the list locked until it leaves. The first
//! one finds nobody there.
//!
//! check 3: two people in one room
//!   ✓ alice says "hi", hears "{alice} says: hi"
//!   ✓ bob connects, alice hears "{bob} joined the chat."
//!   ✓ bob says "yo", alice and bob hear "{bob} says: yo"
//!   ✗ alice says "welcome" and hears nothing for 1 s
//!       then bob left, and it came at once
//!     It means   your server serves nobody else while it waits for one client to
//!                say something.
//!     Look at    what is held while it waits in read(): a lock, probably. Lock
//!                after the read, not before it. Or does it join() the client's
//!                thread?
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{chat, read, say, tell};

pub fn main() {
    chat(|clients, mut client, address| {
        let room = clients.lock().unwrap();
        let mut held = (room.len() > 1).then_some(room);
        while let Some(text) = read(&mut client) {
            match &mut held {
                Some(room) => tell(room, &format!("{address} says: {}\n", text.trim())),
                None => say(clients, address, text.trim()),
            }
        }
    });
}
