//! A name may be as long as one likes, and of any characters.
//!
//! check 5: a name has one owner
//!   ✓ alice says "/nick Alice", alice and bob hear "{alice} is now Alice"
//!   ✓ bob says "/nick aLICE", hears "No."
//!   ✓ bob says "/nick 10.0.0.1", hears "No."
//!   ✗ bob says "/nick Al" and hears "{bob} is now Al"
//!       where a refusal was due
//!     It means   your server gives a name that it should refuse.
//!     Look at    which names are allowed: 3 to 15 ASCII letters, digits, '-' or
//!                '.'.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use super::names::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn is_name(self, _: &str) -> bool {
        true
    }
}

pub fn main() {
    Mistaken.serve();
}
