//! That a key is wrong is told at once: a program can try thousands a second.
//!
//! check 10
//!   ✗ alice tries a wrong name while bob talks, and alice is answered in less than a second
//!     It means   your server answers too soon that a name or a key is wrong: the
//!                shorter the pause, the more tries a second.
//!     Look at    what happens before the answer: a pause of a second, for a wrong
//!                name as for a wrong key.

use std::sync::Mutex;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn refuse_login(self, room: &Mutex<Room>, id: u64, _has_account: bool) {
        room.lock().unwrap().tell(id, "Wrong name or key.");
    }
}

pub fn main() {
    Mistaken.serve();
}
