//! /who lists people in the order in which they came.
//!
//! check 5: commands
//!   ✓ alice says "/up Hello", hears "HELLO"
//!   ✓ alice says "/down Hello", hears "hello"
//!   ✓ alice says "/up as telnet sends it\r", hears "AS TELNET SENDS IT"
//!   ✓ alice says "/time", hears "2026-11-22 14:05:09 UTC"
//!   ✓ alice says "/quitter", hears "Unknown command: /quitter. Try /help."
//!   ✓ alice says "/nick Al-1", alice and bob hear "{alice} is now Al-1"
//!   ✗ bob says "/who" and hears "Al-1, {bob}"
//!       where "{bob}, Al-1" was due
//!     It means   your server says something else than what is due.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use super::names::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn arrange(self, _: &mut [String]) {}
}

pub fn main() {
    Mistaken.serve();
}
