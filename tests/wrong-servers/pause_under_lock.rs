//! The pause after a wrong key holds the lock.
//!
//! check 10
//!   ✗ alice tries a wrong name while bob talks, and bob waits … ms for his own words, and … when nobody tries a key
//!     It means   your server makes others wait while a client tries a key.
//!     Look at    which thread sleeps: only the client's own, with no lock held,
//!                not the room.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn refuse_login(self, room: &Mutex<Room>, id: u64, _has_account: bool) {
        let mut room = room.lock().unwrap();
        thread::sleep(Duration::from_secs(1));
        room.tell(id, "Wrong name or key.");
    }
}

pub fn main() {
    Mistaken.serve();
}
