//! Each line gets a reader of its own, and what the one before had read too far is lost.
//!
//! check 4: lines as they come
//!   ✓ alice says "one\ntwo", alice and bob hear "{alice} says: one"
//!   ✗ alice hears nothing for 1 s
//!     It means   your server loses what it has read beyond a line.
//!     Look at    what keeps the bytes: a BufReader must live as long as its
//!                connection.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use std::io::{BufRead, BufReader};

use super::{chat, say};

pub fn main() {
    chat(|clients, client, address| {
        let mut line = String::new();
        while let Ok(1..) = BufReader::new(&client).read_line(&mut line) {
            say(clients, address, line.trim_end());
            line.clear();
        }
    });
}
