//! Whether a name is registered is asked under one lock, and it is registered under the next.
//!
//! check 10
//!   ✗ four register the same names at the same moment, and … is registered for two of them
//!     It means   your server registers one name for two clients that ask for it at
//!                the same moment.
//!     Look at    what is locked from the check that a name is free until it is
//!                registered: one lock, held throughout, or a reservation before
//!                the slow part.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::accounts;
use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn obey_account(self, room: &Mutex<Room>, id: u64, line: &str) -> bool {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["/register", name] = words[..] else {
            return accounts::obey(self, room, id, line);
        };
        let is_free = {
            let room = room.lock().unwrap();
            self.is_name(name) && !self.is_taken(&room, id, name)
        };
        thread::sleep(Duration::from_millis(1)); // A key is made.
        let mut room = room.lock().unwrap();
        if is_free {
            accounts::add(self, &mut room, id, name);
        } else {
            room.tell(id, "That name cannot be registered.");
        }
        true
    }
}

pub fn main() {
    Mistaken.serve();
}
