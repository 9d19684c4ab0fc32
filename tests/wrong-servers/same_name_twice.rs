//! Alice and aLICE count as two names.
//!
//! check 6
//!   ✗ bob says "/nick aLICE" and hears "{bob} is now aLICE"
//!       where one line with the reason was expected
//!     It means   your server grants one name to two clients: Alice and aLICE are
//!                the same name.
//!     Look at    how a name is compared: ignore case, and hold one lock for the
//!                comparison and the change.

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
