//! The file holds the keys as they are.
//!
//! check 11
//!   ✗ alice registers, and her key stands in the file as it is
//!     It means   your server keeps the keys themselves: anybody who reads the file
//!                has them.
//!     Look at    what is written: the SHA-256 of a key. The key itself goes to its
//!                owner, and nowhere else.

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
