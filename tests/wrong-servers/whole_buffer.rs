//! The whole buffer is sent back, whatever has come into it.
//!
//! check 1
//!   ✗ alice says "hi" and also hears "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}"
//!     It means   your server sends the rest of its buffer (16 bytes) as well.
//!     Look at    how much you write: only the bytes that read reports.

use std::io::{Read, Write};

use super::serve_each;

pub fn main() {
    serve_each(|_, mut client, _| {
        let mut buffer = [0; 16];
        while let Ok(1..) = client.read(&mut buffer) {
            let _ = client.write_all(&buffer);
        }
    });
}
