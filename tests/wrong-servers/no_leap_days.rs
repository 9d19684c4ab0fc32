//! /time counts 365 days a year: without the leap days, its date is two weeks ahead.
//!
//! check 5

use super::right::{Chat, date};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn date(self, days: u64) -> (u64, usize, u64) {
        let (_, month, day) = date(days % 365);
        (1970 + days / 365, month, day)
    }
}

pub fn main() {
    Mistaken.serve();
}
