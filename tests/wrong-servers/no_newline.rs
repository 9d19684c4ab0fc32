//! The text is trimmed, and its newline never comes back.
//!
//! check 3
//!   ✗ alice says "hi" and hears "{alice} says: hi"
//!       where "{alice} says: hi\n" was expected
//!     It means   your server omits the newline after a message: clients cannot
//!                tell where the line ends.
//!     Look at    the end of what you write: every line ends in \n, even if the
//!                text was trimmed.

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            let name = format!("{address} says: ");
            broadcast(clients, [name.as_bytes(), text.trim_ascii()].concat());
        }
    });
}
