//! A name that somebody has given up for another one is never free again.
//!
//! check 6
//!     It means   your server says something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use std::sync::Mutex;

use super::right::{Chat, Room};

static OLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn rename(self, room: &mut Room, id: u64, name: &str) {
        let old = room.name(id);
        room.tell_all(format!("{old} is now {name}").as_bytes());
        room.find(id).unwrap().name = name.to_string();
        OLD.lock().unwrap().push(old);
    }

    fn is_taken(self, room: &Room, id: u64, name: &str) -> bool {
        let is_old = OLD.lock().unwrap().contains(&name.to_string());
        is_old || room.is_taken(id, name)
    }
}

pub fn main() {
    Mistaken.serve();
}
