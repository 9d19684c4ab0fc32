//! The beginning of a key opens the account.
//!
//! check 10
//!   ✗ alice says "/login Bob {half-the-key-of-Bob}" and hears "Alice is now Bob"
//!       where "Wrong name or key." was expected
//!     It means   your server takes the beginning of a key for the key.
//!     Look at    where the key is compared: all of it counts, and its length does.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn is_key(self, key: &str, typed: &str) -> bool {
        key.starts_with(typed)
    }
}

pub fn main() {
    Mistaken.serve();
}
