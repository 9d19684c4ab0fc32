//! A client that asks with /nick gets a registered name.
//!
//! check 10
//!   ✗ carol says "/nick Alice" and hears "{carol} is now Alice"
//!       where one line that says why not was expected
//!     It means   your server gives a registered name to a client that asks for it
//!                with /nick.
//!     Look at    what /nick asks: whether somebody here has the name, and whether
//!                it is registered.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn is_taken(self, room: &Room, id: u64, name: &str) -> bool {
        room.is_taken(id, name)
    }
}

pub fn main() {
    Mistaken.serve();
}
