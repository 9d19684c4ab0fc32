//! Control characters are left out: nobody sees that there was something.
//!
//! check 4
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno\u{9b}", and alice hears "{bob} says: [2Jgone?\tno"
//!       where "{bob} says: �[2Jgone?�\tno�" was expected
//!     It means   your server does not replace a control character with U+FFFD.
//!     Look at    how control characters are replaced: each char that is_control(),
//!                except the tab, becomes U+FFFD.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn shown(self, text: &str) -> String {
        text.replace(|c| self.is_obeyed(c), "")
    }
}

pub fn main() {
    Mistaken.serve();
}
