//! /who sorts by bytes: all capital letters come before the small ones.
//!
//! check 5

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn arrange(self, names: &mut [String]) {
        names.sort();
    }
}

pub fn main() {
    Mistaken.serve();
}
