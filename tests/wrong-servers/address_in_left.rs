//! A client that leaves is called by its address, though everybody knew a name.
//!
//! check 6
//!   ✗ alice leaves, and bob hears "{alice} left the chat."
//!       where "Alice left the chat." was expected
//!     It means   your server says goodbye to an address, though everybody knew a
//!                name.
//!     Look at    the order: read the name, forget the client, tell the others.

use std::sync::MutexGuard;

use super::right::{Chat, Client, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn leave(self, mut room: MutexGuard<Room>, id: u64, last_words: &str) -> Option<Client> {
        if !last_words.is_empty() {
            room.tell(id, last_words);
        }
        let client = room.remove(id)?;
        room.tell_all(format!("{} left the chat.", client.address).as_bytes());
        Some(client)
    }
}

pub fn main() {
    Mistaken.serve();
}
