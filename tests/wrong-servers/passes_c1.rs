//! Only the control characters of ASCII are replaced. Those from U+0080 to U+009F pass, and many
//! terminals obey them: U+009B is an ESC and a bracket in one.
//!
//! check 4
//!   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno\u{9b}", and alice hears "{bob} says: �[2Jgone?�\tno\u{9b}"
//!       where "{bob} says: �[2Jgone?�\tno�" was expected
//!     It means   your server forwards some control characters: those beyond ASCII
//!                (C1).
//!     Look at    the characters of a line: replace every char that is_control();
//!                U+009B starts an escape sequence, as ESC [ does.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn is_obeyed(self, c: char) -> bool {
        let turns = matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || c.is_ascii_control() && c != '\t'
    }
}

pub fn main() {
    Mistaken.serve();
}
