//! /exit ends the connection, and nothing else.
//!
//! check 5: goodbye
//!   ✓ bob says "last words\n/exit\nand another thing", alice and bob hear "{bob} says: last words"
//!   ✓ alice hears "{bob} left the chat."
//!   ✗ bob has said /exit, and bob is disconnected
//!     It means   your server ends the connection without a goodbye.
//!     Look at    what follows /exit: first Bye., then the end.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use super::names::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn bye(self) -> &'static [u8] {
        b""
    }
}

pub fn main() {
    Mistaken.serve();
}
