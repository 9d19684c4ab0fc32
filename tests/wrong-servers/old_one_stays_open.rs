//! A login tells the older connection, and forgets to close it.
//!
//! check 10
//!   ✗ dave says "/login Alice {key-of-Alice}", and alice is still connected after 3 s
//!     It may mean your server notifies an older connection that its owner has
//!                logged in elsewhere, but does not close it. Or: your server keeps
//!                a connection open after end-of-file.
//!     Look at    what a login does with another connection of that name: notify
//!                it, then close it.

use std::mem;

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn replace(self, room: &mut Room, id: u64) {
        room.tell(id, "You logged in elsewhere.");
        if let Some(client) = room.remove(id) {
            mem::forget(client);
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
