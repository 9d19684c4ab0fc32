//! Each key is printed, for the one who runs the server.
//!
//! check 10
//!   ✗ bob registers, and logs in, and his key appears in the server's output
//!     It means   your server prints keys: anyone who reads its log has them.
//!     Look at    what is printed when a client registers or logs in: at most the
//!                name.

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
