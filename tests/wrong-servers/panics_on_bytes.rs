//! What is not UTF-8 makes the client's thread panic.
//!
//! check 3
//!   ✗ bob says "caf\xe9 \xff\xfe", then bob says "ping 3" and hears nothing for 1 s
//!       where "{bob} says: ping 3" was expected
//!     It means   the expected reply never came. Cause unknown.
//!     Look at    the panic above, first: it ended a thread. Then the call it is
//!                blocked in: what would unblock it? If nothing is blocked, check
//!                what it writes and to which client.

use std::io::Read;

use super::{chat, say};

pub fn main() {
    chat(|clients, mut client, address| {
        let mut buffer = [0; 512];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let text = std::str::from_utf8(&buffer[..length]).unwrap();
            say(clients, address, text.as_bytes());
        }
    });
}
