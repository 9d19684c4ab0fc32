//! What one read returns is made text at once, half characters and all.
//!
//! check 4: lines as they come
//!   ✓ alice says "one\ntwo", alice and bob hear "{alice} says: one"
//!   ✓ alice and bob hear "{alice} says: two"
//!   ✓ bob says "as telnet ends it\r", alice and bob hear "{bob} says: as telnet ends it"
//!   ✗ alice says "caf\xc3", says "\xa9" and hears "{alice} says: caf��"
//!       where "{alice} says: café" was due
//!     It means   your server makes text of a packet, not of a line: a character
//!                was cut in two.
//!     Look at    where bytes become text: collect the bytes of a line first, then
//!                decode them.
//!     Next       cargo run -- hint 4 · cargo run -- show 3

use super::{chat, read, say};

pub fn main() {
    chat(|clients, mut client, address| {
        let mut text = String::new();
        while let Some(part) = read(&mut client) {
            text += &part;
            while let Some((line, rest)) = text.split_once('\n') {
                say(clients, address, line.trim_end_matches('\r'));
                text = rest.to_string();
            }
        }
    });
}
