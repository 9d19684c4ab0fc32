//! What read returned is not looked at: after the end it returns 0 at once, and again, and again.
//!
//! check 2
//!   ✗ mallory sends no more (half-closes) and is still connected after 1 s
//!     It means   your server keeps a connection open after end-of-file.
//!     Look at    what follows the read that returns 0: drop every handle to the
//!                connection, or shut it down.

use std::io::{Read, Write};

use super::serve_each;

pub fn main() {
    serve_each(|_, mut client, _| {
        let mut buffer = [0; 512];
        while let Ok(length) = client.read(&mut buffer) {
            if client.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
    });
}
