//! What comes is taken for a string as in C: it ends at the first zero byte, and the rest is not
//! sent back.
//!
//! check 1
//!     It means   your server stops at a zero byte.
//!     Look at    where bytes become text: a zero byte is valid data, not a
//!                terminator.

use std::io::{Read, Write};

use super::right::serve_each;


pub fn main() {
    serve_each(|mut client, _, _| {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let text = buffer[..length].split(|byte| *byte == 0).next();
            let _ = client.write_all(text.unwrap_or_default());
        }
    });
}
