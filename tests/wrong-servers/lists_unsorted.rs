//! /who lists people in the order in which they came.
//!
//! check 6
//!   ✗ bob says "/who" and hears "Al-1, {bob}"
//!       where "{bob}, Al-1" was expected
//!     It means   your server does not sort the names of /who.
//!     Look at    the order of the names: sorted, with letter case aside.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn arrange(self, _: &mut [String]) {}
}

pub fn main() {
    Mistaken.serve();
}
