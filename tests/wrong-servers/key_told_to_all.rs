//! When a client registers, everybody hears the key.
//!
//! check 10
//!   ✗ alice says "/register Alice", and bob also hears "Registered Alice. Your key: {key-of-Alice} (keep it; /login Alice {key-of-Alice})"
//!     It means   your server tells a key to everybody.
//!     Look at    who hears the answer to /register: its sender alone.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn tell_key(self, room: &mut Room, _id: u64, line: &str) {
        room.tell_all(line.as_bytes());
    }
}

pub fn main() {
    Mistaken.serve();
}
