//! There are keys, and nobody compares them.
//!
//! check 10
//!   ✗ alice says "/login Bob {key-of-Alice}" and hears "Alice is now Bob"
//!       where "Wrong name or key." was expected
//!     It means   your server lets anybody in, whatever the key.
//!     Look at    where the key is compared: with the one that was made for this
//!                name.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn is_key(self, _key: &str, _typed: &str) -> bool {
        true
    }
}

pub fn main() {
    Mistaken.serve();
}
