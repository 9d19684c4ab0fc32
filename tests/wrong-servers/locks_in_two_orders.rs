//! Names have a lock of their own. Who renames itself locks them first and then the room, who talks
//! locks the room first.
//!
//! check 6
//!   ✗ … and then no client is answered any more, as they were one after the other
//!     It means   your server stops when several clients do at the same time what
//!                each can do alone: its threads wait for one another.
//!     Look at    each place that locks a second thing while it holds a first one:
//!                all must lock them in the same order. With one lock for
//!                everything there is no order to get wrong.

use std::sync::Mutex;

use super::right::{Chat, Room};

static NAMES: Mutex<()> = Mutex::new(());

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn command(self, room: &Mutex<Room>, id: u64, line: &str) {
        let _names = NAMES.lock();
        self.obey(&mut room.lock().unwrap(), id, line);
    }

    fn say(self, room: &mut Room, id: u64, text: &[u8]) {
        let _names = NAMES.lock();
        room.tell_all(&[room.name(id).as_bytes(), b" says: ", text].concat());
    }
}

pub fn main() {
    Mistaken.serve();
}
