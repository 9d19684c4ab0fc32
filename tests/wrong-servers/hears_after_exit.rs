//! What was sent after /exit is still read, and told to everybody.
//!
//! check 5
//!   ✗ bob sends "last words\n/exit\nand another…" (200036 characters), and alice also hears "{bob} says: and another thing"
//!     It means   your server sent something that was not expected at this point.
//!     Look at    where your server writes this: what triggered it, and which
//!                client should get it?

use std::io::{BufReader, Read};

use super::right::{Chat, Hear};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn lines(self, input: &mut dyn Read, hear: Hear) {
        let mut input = BufReader::new(input);
        while self.line(&mut input, hear) || input.buffer().contains(&b'\n') {}
    }
}

pub fn main() {
    Mistaken.serve();
}
