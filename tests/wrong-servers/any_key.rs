//! There are keys, and nobody compares them.
//!
//! check 7
//!   ✗ alice says "/login Bob {key-of-Alice}" and hears "Alice is now Bob"
//!       where "Wrong name or key." was expected
//!     It means   your server says something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 7;

    fn is_key(self, _key: &str, _typed: &str) -> bool {
        true
    }
}

pub fn main() {
    Mistaken.serve();
}
