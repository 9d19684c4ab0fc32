//! A thread locks the list, and calls what locks it again: it waits for itself, for ever.
//!
//! check 3
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       where "{alice} says: hi" was expected
//!     It means   a thread of your server waits for a lock. Cause unknown.
//!     Look at    which thread holds the lock: one that waits in read() or write()
//!                must hold none, and one that locks the same mutex twice
//!                deadlocks.

use super::{chat, read, say};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            let room = clients.lock().unwrap();
            println!("{} people hear this.", room.len());
            say(clients, address, &text);
        }
    });
}
