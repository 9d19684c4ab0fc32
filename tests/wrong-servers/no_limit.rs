//! Lines of any length are collected: memory is the only limit.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✓ bob says "\u{1b}[2Jgone?\u{7}\tno", alice and bob hear "{bob} says: �[2Jgone?�\tno"
//!   ✓ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4096 characters), alice and bob hear "{bob} says: xxxxxxxxxxxxxxxxxx…" (4108 characters)
//!   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters) and hears "{bob} says: xxxxxxxxxxxxxxxxxx…" (4109 characters)
//!       where "Line too long: the limit is 4096 bytes." was due
//!     It means   your server keeps as much of a line as somebody likes to send:
//!                memory has an end.
//!     Look at    where a line is collected: beyond 4096 bytes drop it, say so, and
//!                skip to its newline.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use super::{chat, lines, say, shown, text_or_refusal};

pub fn main() {
    chat(|clients, client, address| {
        for line in lines(&client) {
            if let Some(text) = text_or_refusal(line, &client) {
                say(clients, address, &shown(&text));
            }
        }
    });
}
