//! Whoever wants another letter case in its own name is told that the name is taken: by itself.
//!
//! check 5

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn is_taken(self, room: &Room, _: u64, name: &str) -> bool {
        let mut clients = room.clients.iter();
        clients.any(|client| client.name.eq_ignore_ascii_case(name))
    }
}

pub fn main() {
    Mistaken.serve();
}
