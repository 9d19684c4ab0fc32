//! Control characters are left out: nobody sees that there was something.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno", and alice hears "{bob} says: [2Jgone?no"
//!       where "{bob} says: �[2Jgone?�\tno" was due
//!     It means   your server does not show a control character as it should.
//!     Look at    whatever is_control(), but not the tab: U+FFFD comes in its
//!                place.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use super::{chat, lines, say, text_or_refusal};

pub fn main() {
    chat(|clients, client, address| {
        for line in lines(&client) {
            if let Some(text) = text_or_refusal(line, &client) {
                say(clients, address, &text.replace(char::is_control, ""));
            }
        }
    });
}
