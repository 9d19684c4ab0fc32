//! The words of a notice are not those of the contract: "has left the chat." where "left the chat."
//! is due.
//!
//! check 3
//!   ✗ bob leaves, and alice hears "{bob} has left the chat."
//!       where "{bob} left the chat." was expected
//!     It means   your server sent something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use std::sync::MutexGuard;

use super::right::{Chat, Client, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 3;

    fn leave(self, mut room: MutexGuard<Room>, id: u64, _: &str) -> Option<Client> {
        let client = room.remove(id)?;
        room.tell_all(format!("{} has left the chat.", client.name).as_bytes());
        Some(client)
    }
}

pub fn main() {
    Mistaken.serve();
}
