//! The pause after a wrong key holds a lock of its own: all who try a key wait for one another.
//!
//! check 10
//!   ✗ alice tries one name and carol another, and carol waits for the other's pause, too
//!     It means   your server lets all who try a key wait for one another.
//!     Look at    what is locked during the pause: nothing. Tries at different
//!                names have nothing to do with each other.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn refuse_login(self, room: &Mutex<Room>, id: u64, _has_account: bool) {
        static PAUSE: Mutex<()> = Mutex::new(());
        let pause = PAUSE.lock().unwrap();
        thread::sleep(Duration::from_secs(1));
        drop(pause);
        room.lock().unwrap().tell(id, "Wrong name or key.");
    }
}

pub fn main() {
    Mistaken.serve();
}
