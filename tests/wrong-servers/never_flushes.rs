//! The answer is written to a buffer, which nobody empties before it is full.
//!
//! check 1: an echo for one client
//!   ✗ alice says "hi" and hears nothing for 1 s
//!     It means   your server answers nobody.
//!     Look at    the way from the read to the write: does it write to the
//!                connection, and at once? A thread that locks a mutex which it
//!                holds already waits for ever.
//!     Next       cargo run -- hint 1

use std::io::{BufWriter, Read, Write};
use std::thread;

pub fn main() {
    for mut client in super::listen().incoming().flatten() {
        thread::spawn(move || {
            let mut output = BufWriter::new(client.try_clone().unwrap());
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let _ = output.write_all(&buffer[..length]);
            }
        });
    }
}
