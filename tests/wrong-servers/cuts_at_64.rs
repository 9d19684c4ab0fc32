//! Of what comes at once, only the first 64 bytes are sent back: "nobody says more than that".
//!
//! check 1
//!     It means   your server uses only the first part (64 bytes) of what one read
//!                returns.
//!     Look at    how much of the buffer you write: as many bytes as read returned.

use std::io::{Read, Write};

use super::right::serve_each;


pub fn main() {
    serve_each(|mut client, _, _| {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let _ = client.write_all(&buffer[..length.min(64)]);
        }
    });
}
