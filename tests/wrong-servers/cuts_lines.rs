//! What one read returns is cut into lines, and its last piece counts as one.
//!
//! check 4
//!   ✗ alice sends "hel" and also hears "{alice} says: hel"
//!     It means   your server treats each read() as one message, but TCP may split
//!                or join writes anywhere.
//!     Look at    where a message ends: at its newline. Buffer what came …
//!                until the newline arrives.

use std::io::Read;

use super::right::{Chat, Hear};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn lines(self, input: &mut dyn Read, hear: Hear) {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = input.read(&mut buffer) {
            for line in buffer[..length].split_inclusive(|byte| *byte == b'\n') {
                self.message(line.to_vec()).map(&mut *hear);
            }
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
