//! A client that asks for the name it has makes everybody hear of it: "Alice is now Alice".
//!
//! check 6
//!   ✗ bob says "/nick bob" and hears "bob is now bob"
//!       where one line with the reason was expected
//!     It means   your server announces a name to everyone that its owner already
//!                has.
//!     Look at    whether the name changes: if not, reply only to the client that
//!                asked.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn nick(self, room: &mut Room, id: u64, name: &str) {
        if !self.is_name(name) || self.is_taken(room, id, name) {
            room.tell(id, "You cannot have that name.");
        } else {
            self.rename(room, id, name);
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
