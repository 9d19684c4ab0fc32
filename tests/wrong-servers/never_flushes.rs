//! The answer is written to a buffer, which nobody empties before it is full.
//!
//! check 1
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       where "hi" was expected
//!       then alice sent no more (a half-close), and alice's "hi" came … ms later
//!     It means   your server replies only at the end of the client's input.
//!     Look at    the call that reads: read returns what has arrived, read_to_end
//!                waits for end-of-file. Or is the answer still in a buffer that is
//!                never flushed?

use std::io::{BufWriter, Write};

use super::{read, serve_each};

pub fn main() {
    serve_each(|_, mut client, _| {
        let mut output = BufWriter::new(client.try_clone().unwrap());
        while let Some(text) = read(&mut client) {
            let _ = output.write_all(&text);
        }
    });
}
