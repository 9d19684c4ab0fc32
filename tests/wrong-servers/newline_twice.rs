//! The text keeps its newline, and the line gets another.
//!
//! check 3: two people in one room
//!   ✓ alice says "hi", hears "{alice} says: hi"
//!   ✗ bob connects, and alice also hears an empty line
//!     It means   your server ends a line twice: the text still had its own
//!                newline.
//!     Look at    what you read: trim the text before you put it into a line.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            broadcast(clients, &format!("{address} says: {text}\n"));
        }
    });
}
