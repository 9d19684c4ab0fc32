//! What somebody says goes to everybody else.
//!
//! check 3: two people in one room
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       then bob came, and alice heard what he said
//!     It means   your server tells everybody but the one who spoke.
//!     Look at    the loop that writes to all: it must not skip the sender.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Write;

use super::{chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            let line = format!("{address} says: {}\n", text.trim());
            for (other, stream) in clients.lock().unwrap().iter_mut() {
                if *other != address {
                    let _ = stream.write_all(line.as_bytes());
                }
            }
        }
    });
}
