//! Each key is the one before, and one more.
//!
//! check 10
//!   ✗ Bob registers, then Alice does: and their keys begin or end with the same digits
//!     It means   your server makes keys that are alike: a client that has one can
//!                guess another.
//!     Look at    where keys come from: 128 random bits for each, from the
//!                operating system; no counter, no clock, no name, no fixed start.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use super::right::{Chat, Room};
use super::accounts;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn register(self, room: &mut Room, id: u64, name: &str, _key: &str) {
        static LAST: AtomicU64 = AtomicU64::new(0x5eed_0000_0000_0000);
        let key = format!("{:032x}", LAST.fetch_add(1, SeqCst));
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
