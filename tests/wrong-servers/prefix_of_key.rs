//! The beginning of a key opens the account.
//!
//! check 7
//!   ✗ alice says "/login Bob {half-the-key-of-Bob}" and hears "Alice is now Bob"
//!       where "Wrong name or key." was expected
//!     It means   your server says something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn is_key(self, key: &str, typed: &str) -> bool {
        key.starts_with(typed)
    }
}

pub fn main() {
    Mistaken.serve();
}
