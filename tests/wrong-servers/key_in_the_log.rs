//! Each key is printed, for the one who runs the server.
//!
//! check 10
//!   ✗ bob registers, and logs in, and his key stands in what the server prints
//!     It means   your server prints keys: anybody who reads its log has them.
//!     Look at    what is printed when somebody registers or logs in: the name at
//!                most.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn tell_key(self, room: &mut Room, id: u64, line: &str) {
        println!("{line}");
        room.tell(id, line);
    }
}

pub fn main() {
    Mistaken.serve();
}
