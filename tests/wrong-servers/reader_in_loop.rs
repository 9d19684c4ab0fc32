//! Each line gets a reader of its own, and what the one before had read too far is lost.
//!
//! check 4
//!   ✗ alice sends "one\ntwo\n" and hears nothing for 1 s
//!       where "{alice} says: two" was expected
//!     It means   your server loses data that it read past the end of a line.
//!     Look at    the buffer: a BufReader must live as long as its connection, and
//!                one read may return several lines.

use std::io::{BufReader, Read};

use super::right::{Chat, Hear};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn lines(self, input: &mut dyn Read, hear: Hear) {
        while self.line(&mut BufReader::new(&mut *input), hear) {}
    }
}

pub fn main() {
    Mistaken.serve();
}
