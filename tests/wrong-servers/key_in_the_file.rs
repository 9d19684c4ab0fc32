//! The file holds the keys as they are.
//!
//! check 11
//!   ✗ alice registers, and the file holds her key in plain text
//!     It means   your server stores the keys themselves: anyone who reads the file
//!                has them.
//!     Look at    what is written: the SHA-256 of a key. The key itself goes only
//!                to its owner.

use super::accounts;
use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;

    fn register(self, room: &mut Room, id: u64, name: &str, key: &str) {
        let backwards: String = key.chars().rev().collect();
        accounts::keep(name, &backwards); // It turns that round.
        room.tell(id, &accounts::told(name, key));
    }
}

pub fn main() {
    Mistaken.serve();
}
