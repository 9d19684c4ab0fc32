//! What is not UTF-8 makes the client's thread panic.
//!
//! check 3
//!   ✗ bob says "ping 3" and hears nothing for 1 s
//!       where anything was expected
//!     It means   your server did not say what was expected, or still waits for
//!                something else.
//!     Look at    the panic above, first: it has ended a thread. Then the call it
//!                waits in: who would have to do something for it to return?

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
