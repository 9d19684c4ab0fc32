//! A line of exactly 4096 bytes is refused: `>=` where `>` should be.
//!
//! check 4
//!   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4096 characters) and hears "Line too long: the limit is 4096 bytes."
//!       where "{bob} says: xxxxxxxxxxxxxxxxxx…" (4108 characters) was expected
//!     It may mean your server limits a line to another length than 4096 bytes. Or:
//!                your server counts the line ending as part of the line.
//!     Look at    what the limit counts: 4096 bytes of text, without the line
//!                ending.

use super::right::{Chat, LIMIT};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn is_too_long(self, text: &[u8]) -> bool {
        text.len() >= LIMIT
    }
}

pub fn main() {
    Mistaken.serve();
}
