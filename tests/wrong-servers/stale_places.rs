//! Everybody remembers its place in the list. Once somebody has left, the places after it are
//! wrong: the next to leave takes another out of the list.
//!
//! check 3
//!   ✗ carol sends no more (half-closes) and also hears "{carol} left the chat."
//!     It means   your server sent something that was not expected at this point.
//!     Look at    where your server writes this: what triggered it, and which
//!                client should get it?

use std::sync::MutexGuard;

use super::right::{Chat, Client, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 3;

    fn leave(self, mut room: MutexGuard<Room>, id: u64, _: &str) -> Option<Client> {
        let line = format!("{} left the chat.", room.find(id)?.name);
        let place = usize::try_from(id).unwrap(); // So many had come before.
        let gone = (place < room.clients.len()).then(|| room.clients.remove(place));
        room.tell_all(line.as_bytes());
        gone
    }
}

pub fn main() {
    Mistaken.serve();
}
