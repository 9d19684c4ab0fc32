//! The account is answered first, and kept later.
//!
//! check 11
//!   ✗ the server was killed just after it had answered alice's /register; she logs in at the next, and she is told that name or key is wrong
//!     It means   your server answers before the account is kept.
//!     Look at    the order: first write it to the file and sync that, then answer.

use std::thread;
use std::time::Duration;

use super::accounts;
use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;

    fn register(self, room: &mut Room, id: u64, name: &str, key: &str) {
        let line = accounts::told(name, key);
        let (name, key) = (name.to_string(), key.to_string());
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            accounts::keep(&name, &key);
        });
        room.tell(id, &line);
    }
}

pub fn main() {
    Mistaken.serve();
}
