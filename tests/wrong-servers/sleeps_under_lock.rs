//! Who talks is slowed down by a sleep, and the lock is held meanwhile.
//!
//! check 8
//!   ✗

use std::thread;
use std::time::Duration;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 8;

    fn say(self, room: &mut Room, id: u64, text: &[u8]) {
        room.tell_all(&[room.name(id).as_bytes(), b" says: ", text].concat());
        // As long as people take to type it, if they type like the devil.
        thread::sleep(Duration::from_micros(20 * text.len() as u64));
    }
}

pub fn main() {
    Mistaken.serve();
}
