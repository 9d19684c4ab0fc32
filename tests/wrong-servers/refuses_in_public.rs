//! Whoever sends what is not UTF-8 is refused in front of everybody.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno", and alice also hears "Not valid UTF-8: the line was not sent."
//!     It means   your server tells everybody what it should answer to one.
//!     Look at    who is written to: an answer, or a refusal, goes to its sender
//!                alone.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use super::{broadcast, chat, lines, say, shown};

pub fn main() {
    chat(|clients, client, address| {
        for line in lines(&client) {
            match String::from_utf8(line) {
                Ok(text) => say(clients, address, &shown(&text)),
                Err(_) => broadcast(clients, "Not valid UTF-8: the line was not sent.\n"),
            }
        }
    });
}
