//! The newline is spelled: a backslash and an n, as single quotes make of it in PHP or a shell.
//!
//! check 3
//!   ✗ alice says "hi" and hears "{alice} says: hi\\n"
//!       where "{alice} says: hi" was expected
//!     It means   your server writes a backslash and an n instead of a newline.
//!     Look at    how the newline is written: in a string where \n is an escape
//!                sequence.

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            let name = format!("{address} says: ");
            broadcast(clients, [name.as_bytes(), text.trim_ascii(), b"\\n"].concat());
        }
    });
}
