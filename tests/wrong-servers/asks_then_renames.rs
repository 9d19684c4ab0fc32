//! Whether a name is free is asked under one lock, and the name is taken under the next.
//!
//! check 6
//!   ✗

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
