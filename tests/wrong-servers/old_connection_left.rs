//! Who logs in elsewhere is said to have left.
//!
//! check 10
//!   ✗ dave says "/login Alice {key-of-Alice}", and bob also hears "Alice left the chat."
//!     It means   your server tells that somebody left whose owner has only logged
//!                in elsewhere.
//!     Look at    what a login does with another connection of that name: for all
//!                others, the person is still here.

use super::right::{Chat, Room, dismiss};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn replace(self, room: &mut Room, id: u64) {
        room.tell(id, "You logged in elsewhere.");
        if let Some(client) = room.remove(id) {
            room.tell_all(format!("{} left the chat.", client.name).as_bytes());
            dismiss(client);
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
