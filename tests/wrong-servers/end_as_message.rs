//! What read returned is not looked at: when a client has left, it says nothing, once more.
//!
//! check 3
//!   ✗ bob leaves, and alice also hears "{bob} says: "
//!     It means   your server treats end-of-file (read returns 0) as an empty
//!                message.
//!     Look at    the read that returns 0: it means end-of-file, not a message.

use std::io::Read;

use super::{chat, say};

pub fn main() {
    chat(|clients, mut client, address| {
        let mut buffer = [0; 512];
        while let Ok(length) = client.read(&mut buffer) {
            say(clients, address, &buffer[..length]);
            if length == 0 {
                break;
            }
        }
    });
}
