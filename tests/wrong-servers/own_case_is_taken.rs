//! A client that wants another letter case in its own name is told that the name is taken: by
//! itself.
//!
//! check 6
//!   ✗ bob says "/nick BOB" and hears "BOB is taken."
//!       where "bob is now BOB" was expected
//!     It means   your server refuses somebody its own name in another letter case.
//!     Look at    whose names count: everybody else's.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn is_taken(self, room: &Room, _: u64, name: &str) -> bool {
        let mut clients = room.clients.iter();
        clients.any(|client| client.name.eq_ignore_ascii_case(name))
    }
}

pub fn main() {
    Mistaken.serve();
}
