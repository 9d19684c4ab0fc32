//! Accounts are compared as they are written: aLICE is free beside Alice.
//!
//! check 10
//!   ✗ carol says "/login alice {key-of-Alice}" and hears "Wrong name or key."
//!       where "{carol} is now Alice" was expected
//!     It means   your server takes a registered name in another letter case for
//!                another name.
//!     Look at    where names are compared: letter case aside, with those that are
//!                registered, too.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn account(self, room: &Room, name: &str) -> Option<(String, String)> {
        let mut accounts = room.accounts.iter();
        accounts.find(|(its, _)| its == name).cloned()
    }
}

pub fn main() {
    Mistaken.serve();
}
