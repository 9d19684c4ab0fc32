//! A line is written in two pieces, each under a lock of its own.
//!
//! check 3: everybody talks at once
//!   ✗ all four talk at once, and … hears …
//!       where … was due
//!     It means   your server lets two threads write at the same time: their lines
//!                mix.
//!     Look at    how a line is written: put it together first, then one write of
//!                it all, under the lock.
//!     Next       cargo run -- hint 3 · cargo run -- show 2

use std::thread;

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            broadcast(clients, &format!("{address} says: "));
            thread::yield_now();
            broadcast(clients, &format!("{}\n", text.trim()));
        }
    });
}
