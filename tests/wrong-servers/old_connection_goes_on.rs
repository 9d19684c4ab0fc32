//! Who logs in elsewhere is told so, and goes on here.
//!
//! check 10
//!   ✗ dave says "/login Alice {key-of-Alice}", and alice also hears "{dave} is now Alice"
//!     It means   your server lets an old connection go on when its owner has
//!                logged in elsewhere.
//!     Look at    what a login does with another connection of that name: it is
//!                told, closed, and heard no more.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn replace(self, room: &mut Room, id: u64) {
        room.tell(id, "You logged in elsewhere.");
    }
}

pub fn main() {
    Mistaken.serve();
}
