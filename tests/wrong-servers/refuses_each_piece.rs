//! A line that is far too long is refused once for each 4 KiB of it, not once.
//!
//! check 4
//!   ✗ bob sends "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (10000 characters), then alice says "ping 7", and bob also hears "Line too long: the limit is 4096 bytes."
//!     It means   your server sent something that was not expected at this point.
//!     Look at    where your server writes this: what triggered it, and which
//!                client should get it?

use std::io::{BufRead, BufReader, Read};

use super::right::{Chat, Hear, LIMIT, TOO_LONG};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn lines(self, input: &mut dyn Read, hear: Hear) {
        let (mut input, most) = (BufReader::new(input), LIMIT + 2);
        let (mut line, mut is_rest) = (Vec::new(), false);
        while let Ok(1..) = input.by_ref().take(most as u64).read_until(b'\n', &mut line) {
            let line = std::mem::take(&mut line);
            let is_piece = line.len() == most && !line.ends_with(b"\n");
            if is_piece {
                hear(Err(TOO_LONG));
            } else if !is_rest {
                self.message(line).map(&mut *hear);
            }
            is_rest = is_piece;
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
