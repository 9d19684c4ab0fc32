//! The newline is spelled: a backslash and an n, as single quotes make of it in PHP or a shell.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and hears "{alice} says: hi\\n"
//!       where "{alice} says: hi" was due
//!     It means   your server leaves out the newline: nobody can tell where the
//!                line ends.
//!     Look at    the end of what you write: every line ends in \n, also one that
//!                was trimmed.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            broadcast(clients, &format!("{address} says: {}\\n", text.trim()));
        }
    });
}
