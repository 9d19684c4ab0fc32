//! Who talks is slowed down by a sleep, and the lock is held meanwhile.
//!
//! check 8
//!   ✗ four talk without a pause in lines of 4000 bytes, and alice, who types, waits … ms for her words, and before they began … ms
//!     It means   your server makes a client that types wait for those that talk
//!                without a pause.
//!     Look at    what a client's thread waits for before it sends a line on: no
//!                thread may sleep, or write for long, while it holds a lock that
//!                all need.

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
