//! A client that sends what is not UTF-8 is refused in front of everybody.
//!
//! check 4
//!   ✗ bob says "caf\xe9 \xff\xfe", and alice also hears "Not valid UTF-8: the line was not sent."
//!     It means   your server sends the refusal of a line to everyone; only its
//!                sender should get it.
//!     Look at    which clients you write to: an answer or a refusal goes only to
//!                the sender.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn refuse(self, room: &mut Room, _: u64, refusal: &str) {
        room.tell_all(refusal.as_bytes());
    }
}

pub fn main() {
    Mistaken.serve();
}
