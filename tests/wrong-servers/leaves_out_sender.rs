//! What somebody says goes to everybody else.
//!
//! check 3
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       where "{alice} says: hi" was expected
//!     It means   your server sends a message to everyone except its sender.
//!     Look at    the broadcast loop: it must not skip the sender.

use std::io::Write;

use super::{chat, read, said};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            let line = said(address, &text);
            for (other, stream) in clients.lock().unwrap().iter_mut() {
                if *other != address {
                    let _ = stream.write_all(&line);
                }
            }
        }
    });
}
