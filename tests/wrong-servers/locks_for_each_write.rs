//! Each write has a lock of its own: what two say at once arrives in a different order.
//!
//! check 3
//!     It means   your server sends the same lines to different clients in
//!                different orders.
//!     Look at    the broadcast loop: hold one lock around the whole loop, not one
//!                for each write.

use std::io::Write;
use std::thread;
use std::time::Duration;

use super::{chat, read, said};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            let line = said(address, &text);
            let everybody = clients.lock().unwrap().len();
            for number in 0..everybody {
                if let Some((_, stream)) = clients.lock().unwrap().get_mut(number) {
                    let _ = stream.write_all(&line);
                }
                thread::sleep(Duration::from_millis(1)); // Or anything else that takes time.
            }
        }
    });
}
