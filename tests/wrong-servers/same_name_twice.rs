//! Alice and aLICE count as two names.
//!
//! check 5: a name has one owner
//!   ✓ alice says "/nick Alice", alice and bob hear "{alice} is now Alice"
//!   ✗ bob says "/nick aLICE" and hears "{bob} is now aLICE"
//!       where a refusal was due
//!     It means   your server gives one name to two: people take Alice and aLICE
//!                for the same.
//!     Look at    how a name is compared: without regard to letter case, and under
//!                one lock with the change.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use super::names::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn key(self, name: &str) -> String {
        name.to_string()
    }
}

pub fn main() {
    Mistaken.serve();
}
