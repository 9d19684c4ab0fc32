//! A line that is too long is refused, and its rest is taken for the next line.
//!
//! check 4: lines that are refused
//!   ✓ bob says "\n\r", says "that was nothing", alice and bob hear "{bob} says: that was nothing"
//!   ✓ bob says "caf\xe9 \xff\xfe", hears "Not valid UTF-8: the line was not sent."
//!   ✓ bob says "\u{1b}[2Jgone?\u{7}\tno", alice and bob hear "{bob} says: �[2Jgone?�\tno"
//!   ✓ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4096 characters), alice and bob hear "{bob} says: xxxxxxxxxxxxxxxxxx…" (4108 characters)
//!   ✓ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters), hears "Line too long: the limit is 4096 bytes."
//!   ✓ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (10000 characters), hears "Line too long: the limit is 4096 bytes."
//!   ✗ bob says "sorry", and alice also hears "{bob} says: xxxxxxxxxxxxxxxxxx…" (1816 characters)
//!     It means   your server takes the rest of a long line for another line.
//!     Look at    what follows the refusal: all up to the newline belongs to the
//!                line that was refused.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use std::io::{BufRead, BufReader, Read, Write};

use super::{chat, say, shown, text_or_refusal};

pub fn main() {
    chat(|clients, client, address| {
        let mut input = BufReader::new(&client);
        let mut line = Vec::new();
        while let Ok(1..) = input.by_ref().take(4098).read_until(b'\n', &mut line) {
            let line = std::mem::take(&mut line);
            if line.trim_ascii_end().len() > 4096 {
                let _ = (&client).write_all(b"Line too long: the limit is 4096 bytes.\n");
            } else if let Some(text) = text_or_refusal(line, &client) {
                say(clients, address, &shown(text.trim_end_matches('\n')));
            }
        }
    });
}
