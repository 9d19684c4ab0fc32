//! Each write has a lock of its own: what two say at once arrives in a different order.
//!
//! check 3: everybody talks at once
//!   ✗ all four talk at once, and … hears …
//!       where … was due
//!     It means   your server shows the same lines to different clients in
//!                different order.
//!     Look at    the loop that writes to all: one lock around all of it, not one
//!                for each write.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::io::Write;
use std::thread;
use std::time::Duration;

use super::{chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            let line = format!("{address} says: {}\n", text.trim());
            let everybody = clients.lock().unwrap().len();
            for number in 0..everybody {
                if let Some((_, stream)) = clients.lock().unwrap().get_mut(number) {
                    let _ = stream.write_all(line.as_bytes());
                }
                thread::sleep(Duration::from_millis(1)); // Or anything else that takes time.
            }
        }
    });
}
