//! A login ends the connection that registered the name, whatever that client is called by now.
//!
//! check 10
//!   ✗ alice says "/login Bob {key-of-Bob}", and bob hears "You logged in elsewhere."
//!       where "{alice} is now Bob" was expected
//!     It means   your server says something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use std::mem;
use std::sync::Mutex;

use super::right::{Chat, Room};

static OWNERS: Mutex<Vec<(String, u64)>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn tell_key(self, room: &mut Room, id: u64, line: &str) {
        let name = line.trim_start_matches("Registered ").split('.').next();
        let name = name.unwrap_or_default().to_string();
        OWNERS.lock().unwrap().push((name, id));
        room.tell(id, line);
    }

    fn rename(self, room: &mut Room, id: u64, name: &str) {
        let owners = OWNERS.lock().unwrap();
        let owner = owners.iter().find(|(owned, owner)| owned == name && *owner != id);
        if let Some((_, owner)) = owner.filter(|(_, owner)| room.find(*owner).is_some()) {
            self.replace(room, *owner);
        }
        if let Some(client) = room.find(id) {
            let old = mem::replace(&mut client.name, name.to_string());
            room.tell_all(format!("{old} is now {name}").as_bytes());
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
