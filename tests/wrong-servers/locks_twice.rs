//! A thread locks the list, and calls what locks it again: it waits for itself, for ever.
//!
//! check 3
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       where "{alice} says: hi" was expected
//!     It means   your server answers nobody.
//!     Look at    the way from the read to the write: does it write to the
//!                connections, and at once? A BufWriter keeps what it is given
//!                until flush(), and a thread that locks a mutex which it holds
//!                already waits for ever.

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
