//! /exit ends the connection, and nothing else.
//!
//! check 5
//!   ✗ bob sends "last words\n/exit\nand another…" (200036 characters) and is disconnected
//!     It means   your server closes the connection without sending Bye. first.
//!     Look at    what follows /exit: first send Bye., then close.

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
