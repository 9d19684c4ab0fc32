//! A lone `\r` ends a line, too: what should be shown as one line with U+FFFD in it is told as two.
//!
//! check 4
//!   ✗ bob sends "cut in\r", and alice also hears "{bob} says: cut in"
//!     It means   your server ends a line at other characters than \n.
//!     Look at    where a line ends: only at \n. A function that splits text into
//!                lines may accept other line ends.

use std::io::{BufReader, Read};
use std::mem::take;

use super::right::{Chat, Hear, LIMIT, TOO_LONG};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn lines(self, input: &mut dyn Read, hear: Hear) {
        let mut line = Vec::new();
        for byte in BufReader::new(input).bytes() {
            match byte {
                Ok(b'\r' | b'\n') if line.len() <= LIMIT => {
                    self.message(take(&mut line)).map(&mut *hear);
                }
                Ok(b'\r' | b'\n') => line.clear(),
                Ok(_) if line.len() > LIMIT => {}
                Ok(byte) => {
                    line.push(byte);
                    if line.len() > LIMIT {
                        hear(Err(TOO_LONG));
                    }
                }
                Err(_) => return,
            }
        }
        if line.len() <= LIMIT {
            self.message(line).map(hear);
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
