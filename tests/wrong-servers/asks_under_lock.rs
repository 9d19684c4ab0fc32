//! The room is locked while the server asks somebody a question, and waits for the answer.
//!
//! check 6
//!   ✗ alice says "/nick Alice" and hears "Are you sure?"
//!       where "{alice} is now Alice" was expected
//!     It means   your server says something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use std::io::Read;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn rename(self, room: &mut Room, id: u64, name: &str) {
        room.tell(id, "Are you sure?");
        let client = room.find(id).unwrap();
        let _ = (&*client.stream).read(&mut [0; 100]);
        let old = std::mem::replace(&mut client.name, name.to_string());
        room.tell_all(format!("{old} is now {name}").as_bytes());
    }
}

pub fn main() {
    Mistaken.serve();
}
