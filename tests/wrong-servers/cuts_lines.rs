//! What one read returns is cut into lines, and its last piece counts as one.
//!
//! check 4: a line in two packets
//!   ✗ alice says "hel", says "lo" and hears "{alice} says: hel\n{alice} says: lo"
//!       where "{alice} says: hello" was due
//!     It means   your server takes what one read returns for a message; the
//!                network cuts where it likes.
//!     Look at    where a message ends: at its newline. Keep what came before it
//!                until the rest is there.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use super::{chat, read, say};

pub fn main() {
    chat(|clients, mut client, address| {
        while let Some(text) = read(&mut client) {
            text.lines().for_each(|line| say(clients, address, line));
        }
    });
}
