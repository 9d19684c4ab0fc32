//! Alice and aLICE count as two names.
//!
//! check 6
//!   ✗ bob says "/nick aLICE" and hears "{bob} is now aLICE"
//!       where one line that says why not was expected
//!     It means   your server gives one name to two: people take Alice and aLICE
//!                for the same.
//!     Look at    how a name is compared: with letter case aside, and under one
//!                lock with the change.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn is_taken(self, room: &Room, _: u64, name: &str) -> bool {
        room.clients.iter().any(|client| client.name == name)
    }
}

pub fn main() {
    Mistaken.serve();
}
