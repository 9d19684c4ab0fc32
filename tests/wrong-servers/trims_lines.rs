//! The white space around a line is cut off: code and verse lose their indentation.
//!
//! check 4
//! is not seen by check

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn say(self, room: &mut Room, id: u64, text: &[u8]) {
        let name = room.name(id);
        room.tell_all(&[name.as_bytes(), b" says: ", text.trim_ascii()].concat());
    }
}

pub fn main() {
    Mistaken.serve();
}
