//! A key is made of the name: anybody can make it again.
//!
//! check 11
//!   ✗ alice registers at two servers, and both make the same key for her
//!     It means   your server makes keys that are alike: a client that has one can
//!                guess another.
//!     Look at    where keys come from: 128 random bits for each, from the
//!                operating system; no counter, no clock, no name, no fixed start.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::accounts;
use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;

    fn register(self, room: &mut Room, id: u64, name: &str, _key: &str) {
        let hash = |salt: u64| {
            let mut hasher = DefaultHasher::new();
            (name, salt).hash(&mut hasher);
            hasher.finish()
        };
        let key = format!("{:016x}{:016x}", hash(1), hash(2));
        for (owner, kept) in &mut room.accounts {
            if owner == name {
                kept.clone_from(&key);
            }
        }
        accounts::keep(name, &key);
        self.tell_key(room, id, &accounts::told(name, &key));
    }
}

pub fn main() {
    Mistaken.serve();
}
