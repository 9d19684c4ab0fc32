//! What is not UTF-8 makes the client's thread panic.
//!
//! check 3
//!   ✗ bob says "caf\xe9 \xff\xfe", then bob says "ping 3" and hears nothing for 1 s
//!       where "{bob} says: ping 3" was expected
//!     It means   your server did not say what was expected, and this check does
//!                not know why.
//!     Look at    the panic above, first: it has ended a thread. Then what it waits
//!                in: who would have to do something for it to go on? If nobody, it
//!                has done what it knows: what does it write, and to whom?

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
