//! The answer is written to a buffer, which nobody empties before it is full.
//!
//! check 1: an echo for one client
//!   ✗ alice says "hi" and hears nothing for 1 s
//!     It means   your server answers nobody.
//!     Look at    the way from the read to the write: does it write to the
//!                connection, and at once? A thread that locks a mutex which it
//!                holds already waits for ever.
//!     Next       cargo run -- hint 1

use std::io::{BufWriter, Write};

use super::{read, serve_each};

pub fn main() {
    serve_each(|_, mut client, _| {
        let mut output = BufWriter::new(client.try_clone().unwrap());
        while let Some(text) = read(&mut client) {
            let _ = output.write_all(text.as_bytes());
        }
    });
}
