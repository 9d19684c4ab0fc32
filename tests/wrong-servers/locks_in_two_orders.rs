//! Names have a lock of their own. Who renames itself locks them first and then the room, who talks
//! locks the room first.
//!
//! check 6
//!   ✗

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
