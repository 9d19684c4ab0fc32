//! /time counts 365 days a year: without the leap days, its date is two weeks ahead.
//!
//! check 5
//!   ✗ alice says "/time" and hears …
//!       where the time in UTC, such as "2026-11-22 14:05:09 UTC" was expected
//!     It means   your server sent something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

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
