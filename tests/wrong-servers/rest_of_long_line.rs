//! A line that is too long is refused, and its rest is taken for the next line.
//!
//! check 4
//!   ✗ bob sends "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (10000 characters), then alice says "ping 7", and bob also hears "Line too long: the limit is 4096 bytes."
//!     It means   your server treats the rest of a long line as another line.
//!     Look at    what follows the refusal: everything up to the newline belongs to
//!                the refused line.

use std::io::{BufRead, Read};

use super::right::{Chat, Hear, LIMIT};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn line(self, input: &mut dyn BufRead, hear: Hear) -> bool {
        let mut line = Vec::new();
        let mut input = input.take(LIMIT as u64 + 2);
        matches!(input.read_until(b'\n', &mut line), Ok(1..))
            && self.message(line).is_none_or(hear)
    }
}

pub fn main() {
    Mistaken.serve();
}
