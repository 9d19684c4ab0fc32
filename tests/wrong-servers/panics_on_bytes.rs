//! What is not UTF-8 makes the client's thread panic.
//!
//! check 3: somebody sends garbage
//!   ✗ bob says "caf\xe9 \xff\xfe", says "sorry", and alice hears nothing for 1 s
//!     It means   your server gives up on a client that sends bytes which are not
//!                UTF-8.
//!     Look at    the panic above, first: it has ended a thread. Then where bytes
//!                become text: that can fail, and anybody can send anything.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;

use super::{chat, say};

pub fn main() {
    chat(|clients, mut client, address| {
        let mut buffer = [0; 512];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let text = std::str::from_utf8(&buffer[..length]).unwrap();
            say(clients, address, text.trim());
        }
    });
}
