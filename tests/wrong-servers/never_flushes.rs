//! The answer is written to a buffer, which nobody empties before it is full.
//!
//! check 1
//!   ✗ alice says "hi" and hears nothing for 1 s
//!       where "hi" was expected
//!     It may mean your server answers nobody. Or: your server sends nothing back
//!                before the client has said all.
//!     Look at    the way from the read to the write: does it write to the
//!                connection, and at once? println! writes to your terminal, and a
//!                BufWriter keeps what it is given until flush().

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
