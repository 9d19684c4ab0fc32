//! A login that fails says which of the two was wrong.
//!
//! check 10
//!   ✗ alice says "/login Bob {key-of-Alice}" and hears "Wrong key."
//!       where "Wrong name or key." was expected
//!     It means   your server has words of its own for a login that fails: they
//!                must be the same, whatever was wrong.
//!     Look at    what is answered: Wrong name or key. Other words may tell which
//!                of them it was.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn refuse_login(self, room: &Mutex<Room>, id: u64, has_account: bool) {
        thread::sleep(Duration::from_secs(1));
        let why = if has_account { "Wrong key." } else { "No such name." };
        room.lock().unwrap().tell(id, why);
    }
}

pub fn main() {
    Mistaken.serve();
}
