//! Three wrong logins end a connection, whatever came between them.
//!
//! check 10
//!   ✗ alice says "/login Nobody {key-of-Nobody}", and bob also hears "Alice left the chat."
//!     It means   your server goes on counting wrong logins after a right one.
//!     Look at    what a right login does: the count begins anew.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn count(self, wrong: u32, is_right: bool) -> u32 {
        if is_right { wrong } else { wrong + 1 }
    }
}

pub fn main() {
    Mistaken.serve();
}
