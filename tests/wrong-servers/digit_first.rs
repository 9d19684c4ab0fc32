//! A name may begin with any character that it may contain, such as a digit: one can be called
//! 127.0.0.2.
//!
//! check 6
//!   ✗ bob says "/nick 10.0.0.1" and hears "{bob} is now 10.0.0.1"
//!       where one line that says why not was expected
//!     It means   your server gives a name that should be refused: its first
//!                character is no letter.
//!     Look at    which names are allowed: 3 to 15 ASCII letters, digits, '-' or
//!                '.', the first a letter. Then nobody can pass for an address.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn is_name(self, name: &str) -> bool {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        (3..=15).contains(&name.len()) && name.chars().all(is_allowed)
    }
}

pub fn main() {
    Mistaken.serve();
}
