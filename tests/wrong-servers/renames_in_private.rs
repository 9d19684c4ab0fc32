//! A new name is told only to the one who has it now.
//!
//! check 6
//!   ✗ alice says "/nick Alice", and bob hears nothing for 1 s
//!       where "{alice} is now Alice" was expected
//!     It means   your server tells a new name only to the one who has it.
//!     Look at    who is written to: everybody is to hear of it.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn rename(self, room: &mut Room, id: u64, name: &str) {
        let client = room.find(id).unwrap();
        let old = std::mem::replace(&mut client.name, name.to_string());
        room.tell(id, &format!("{old} is now {name}"));
    }
}

pub fn main() {
    Mistaken.serve();
}
