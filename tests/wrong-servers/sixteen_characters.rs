//! A name may have 16 characters: one more than it should.
//!
//! check 6
//!   ✗ bob says "/nick abcdefghijklmnop" and hears "{bob} is now abcdefghijklmnop"
//!       where one line that says why not was expected
//!     It means   your server gives a name that is too long.
//!     Look at    which names are allowed: 3 to 15 ASCII letters, digits, '-' or
//!                '.', the first a letter.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn is_name(self, name: &str) -> bool {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        (3..=16).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(is_allowed)
    }
}

pub fn main() {
    Mistaken.serve();
}
