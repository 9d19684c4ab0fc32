//! What read returned is not looked at: when a client has left, it says nothing, once more.
//!
//! check 3: people leave
//!   ✓ alice, bob and carol are in the room
//!   ✗ bob leaves, and alice also hears "{bob} says: "
//!     It means   your server takes the end of what a client says for one more
//!                message.
//!     Look at    the read that returns 0: it is the end, not a message.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Read;

use super::{broadcast, chat};

pub fn main() {
    chat(|clients, mut client, address| {
        let mut buffer = [0; 512];
        while let Ok(length) = client.read(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..length]);
            broadcast(clients, &format!("{address} says: {}\n", text.trim()));
            if length == 0 {
                break;
            }
        }
    });
}
