//! What would make a terminal obey is passed on.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno", and alice hears "{bob} says: \u{1b}[2Jgone?\u{7}\tno"
//!       where "{bob} says: �[2Jgone?�\tno" was due
//!     It means   your server passes on what makes a terminal obey: one client can
//!                clear another's screen.
//!     Look at    the characters of a line: whatever is_control() must not go out
//!                as it is.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use super::{chat, lines, say, text_or_refusal};

pub fn main() {
    chat(|clients, client, address| {
        for line in lines(&client) {
            if let Some(text) = text_or_refusal(line, &client) {
                say(clients, address, text.trim_end_matches('\r'));
            }
        }
    });
}
