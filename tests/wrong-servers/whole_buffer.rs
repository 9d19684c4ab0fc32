//! The whole buffer is sent back, whatever has come into it.
//!
//! check 1: an echo for one client
//!   ✓ alice says "hi", gets "hi" back
//!   ✗ alice says "how are you?" and hears "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}…" (94 characters)
//!       where "how are you?" was due
//!     It means   your server sends the rest of its buffer as well.
//!     Look at    how much you write: read says how many bytes came, and only these
//!                count.
//!     Next       cargo run -- hint 1

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
