//! A thread locks the list, and calls what locks it again: it waits for itself, for ever.
//!
//! check 3
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       where "{alice} says: hi" was expected
//!     It means   a thread of your server waits for a lock, and this check does not
//!                know why.
//!     Look at    who holds the lock: a thread that waits in read() or write() must
//!                hold none, and one that locks what it holds already waits for
//!                ever.

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
