//! Lines of any length are collected: memory is the only limit.
//!
//! check 4
//!   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters) and hears "{bob} says: xxxxxxxxxxxxxxxxxx…" (4109 characters)
//!       where "Line too long: the limit is 4096 bytes." was expected
//!     It means   your server buffers a line without limit: one client can exhaust
//!                its memory.
//!     Look at    where a line is collected: beyond 4096 bytes drop it, reply, and
//!                skip to its newline.

use std::io::BufRead;

use super::right::{Chat, Hear};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn line(self, input: &mut dyn BufRead, hear: Hear) -> bool {
        let mut line = Vec::new();
        matches!(input.read_until(b'\n', &mut line), Ok(1..))
            && self.message(line).is_none_or(hear)
    }

    fn is_too_long(self, _: &[u8]) -> bool {
        false
    }
}

pub fn main() {
    Mistaken.serve();
}
