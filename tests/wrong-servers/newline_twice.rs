//! The text keeps its newline, and the line gets another.
//!
//! check 3
//!   ✗ alice says "hi" and also hears a newline
//!     It means   your server writes two newlines after a message: the text still
//!                had its own.
//!     Look at    the text you read: trim it before you format the line.

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            broadcast(clients, [format!("{address} says: ").as_bytes(), &text, b"\n"].concat());
        }
    });
}
