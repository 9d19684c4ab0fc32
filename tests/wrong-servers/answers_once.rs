//! Each client gets one answer, and then its connection is closed: `if` where `while` should be.
//!
//! check 1
//!   ✗ alice says "hi", then alice says "ping 1" and is disconnected
//!     It means   your server closes a connection after the client's first message.
//!     Look at    what happens after the first write: the client's loop continues
//!                until read returns 0.

use std::io::{Read, Write};

use super::right::serve_each;


pub fn main() {
    serve_each(|mut client, _, _| {
        let mut buffer = [0; 4096];
        if let Ok(length @ 1..) = client.read(&mut buffer) {
            let _ = client.write_all(&buffer[..length]);
        }
    });
}
