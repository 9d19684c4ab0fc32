//! Whether a name is free is asked under one lock, and the name is taken under the next.
//!
//! check 6
//!   ✗ four ask for one name at the same moment, and two of them have it
//!     It means   your server gives one name to two clients that ask for it at the
//!                same moment, though it refuses a name that is taken.
//!     Look at    what is locked from the check that the name is free until every
//!                client is notified: one lock, held throughout.

use std::sync::Mutex;

use super::right::{Chat, Room, words};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn command(self, room: &Mutex<Room>, id: u64, line: &str) {
        let (command, name) = words(line);
        let is_free = {
            let room = room.lock().unwrap();
            self.is_name(name) && room.name(id) != name && !self.is_taken(&room, id, name)
        };
        if command == "/nick" {
            println!("Is {name} free? {is_free}");
        }
        let mut room = room.lock().unwrap();
        if command == "/nick" && is_free {
            self.rename(&mut room, id, name);
        } else {
            self.obey(&mut room, id, line);
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
