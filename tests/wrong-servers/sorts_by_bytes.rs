//! /who sorts by bytes: all capital letters come before the small ones.
//!
//! check 6
//!   ✗ bob says "/who" and hears "Zoe, ann"
//!       where "ann, Zoe" was expected
//!     It means   your server sorts the names of /who with capital letters before
//!                small ones.
//!     Look at    the order of the names: sorted, with letter case aside.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn arrange(self, names: &mut [String]) {
        names.sort();
    }
}

pub fn main() {
    Mistaken.serve();
}
