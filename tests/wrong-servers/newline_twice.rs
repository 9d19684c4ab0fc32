//! The text keeps its newline, and the line gets another.
//!
//! check 3
//!   ✗ alice says "hi" and also hears a newline
//!     It means   your server ends what somebody says twice: the text still had its
//!                own newline.
//!     Look at    what you read: trim the text before you put it into a line.

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            broadcast(clients, [format!("{address} says: ").as_bytes(), &text, b"\n"].concat());
        }
    });
}
