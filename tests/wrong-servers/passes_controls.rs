//! What would make a terminal obey is passed on.
//!
//! check 4
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno\u{9b}", and alice hears "{bob} says: \u{1b}[2Jgone?\u{7}\tno\u{9b}"
//!       where "{bob} says: �[2Jgone?�\tno�" was expected
//!     It means   your server forwards control characters: one client can clear
//!                another's screen.
//!     Look at    the characters of a line: replace every char that is_control().

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn is_obeyed(self, _: char) -> bool {
        false
    }
}

pub fn main() {
    Mistaken.serve();
}
