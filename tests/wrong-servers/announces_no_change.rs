//! A client that asks for the name it has makes everybody hear of it: "Alice is now Alice".
//!
//! check 6
//!   ✗ bob says "/nick bob" and hears "bob is now bob"
//!       where one line that says why not was expected
//!     It means   your server announces a name to everybody that its owner has
//!                already.
//!     Look at    whether the name is another: who asks for the one it has is told
//!                so, alone.

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
