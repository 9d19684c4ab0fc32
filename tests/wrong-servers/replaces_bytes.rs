//! What is not UTF-8 is made UTF-8, and passed on: nobody said that.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✗ bob says "caf\xe9 \xff\xfe" and hears "{bob} says: caf� ��"
//!       where "Not valid UTF-8: the line was not sent." was due
//!     It means   your server passes on a line that is not UTF-8, or what it made
//!                of it.
//!     Look at    where bytes become text: from_utf8 says that they are none,
//!                from_utf8_lossy does not.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use super::{chat, lines, say, shown};

pub fn main() {
    chat(|clients, client, address| {
        for line in lines(&client) {
            let text = String::from_utf8_lossy(&line);
            say(clients, address, &shown(&text));
        }
    });
}
