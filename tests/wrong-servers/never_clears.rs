//! The text that a line is read into is never cleared: each line brings all lines before it.
//!
//! check 4
//!   ✗ alice says "hi", then alice says "ping 1" and also hears "{alice} says: hi"
//!     It means   your server repeats a client's earlier lines with each new one.
//!     Look at    where a line is collected: read_line and read_until append to the
//!                buffer. Clear it before each line, or create a new one.

use std::io::{BufRead, BufReader};

use super::{chat, say};

pub fn main() {
    chat(|clients, client, address| {
        let (mut reader, mut line) = (BufReader::new(&client), Vec::new());
        while let Ok(1..) = reader.read_until(b'\n', &mut line) {
            say(clients, address, &line);
        }
    });
}
