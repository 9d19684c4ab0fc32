//! A line is written in two pieces, each under a lock of its own.
//!
//! check 3
//!     It means   your server lets two threads write at once: their lines mix.
//!     Look at    how a line is written: format it whole first, then write it in
//!                one call, under the lock.

use std::thread;

use super::{broadcast, chat, read};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            broadcast(clients, format!("{address} says: "));
            thread::yield_now();
            broadcast(clients, [text.trim_ascii(), b"\n"].concat());
        }
    });
}
