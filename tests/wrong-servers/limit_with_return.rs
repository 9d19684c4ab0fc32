//! The `\r` of `\r\n` counts as a part of the line: 4096 bytes are too many for a client that uses
//! telnet.
//!
//! check 4
//!   ✗ bob sends "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\r\n" (4098 characters) and hears "Line too long: the limit is 4096 bytes."
//!       where "{bob} says: xxxxxxxxxxxxxxxxxx…" (4108 characters) was expected
//!     It means   your server counts the line ending as part of the line.
//!     Look at    what the limit counts: 4096 bytes of text, without the line
//!                ending.

use super::right::{Chat, LIMIT, Message, NOT_UTF8, TOO_LONG, without_end};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn message(self, line: Vec<u8>) -> Option<Message> {
        if line.strip_suffix(b"\n").unwrap_or(&line).len() > LIMIT {
            return Some(Err(TOO_LONG));
        }
        let Ok(text) = std::str::from_utf8(without_end(&line)) else {
            return Some(Err(NOT_UTF8));
        };
        let text = self.shown(text);
        (!text.trim().is_empty()).then(|| Ok(text.into_bytes()))
    }
}

pub fn main() {
    Mistaken.serve();
}
