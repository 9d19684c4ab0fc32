//! /exit ends the connection, and nothing else.
//!
//! check 5
//!   ✗ bob sends "last words\n/exit\nand another…" (200036 characters) and is disconnected
//!     It means   your server ends the connection without a goodbye.
//!     Look at    what follows /exit: first Bye., then the end.

use std::sync::MutexGuard;

use super::right::{Chat, Client, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn leave(self, mut room: MutexGuard<Room>, id: u64, _: &str) -> Option<Client> {
        let client = room.remove(id)?;
        room.tell_all(format!("{} left the chat.", client.name).as_bytes());
        Some(client)
    }
}

pub fn main() {
    Mistaken.serve();
}
