//! A client that leaves takes the name along: nobody can have it any more.
//!
//! check 6
//!   ✗ bob says "/nick alice" and hears "alice is taken."
//!       where "BOB is now alice" was expected
//!     It means   your server keeps the name of somebody who has left.
//!     Look at    where names are kept: a client's name must go when the client
//!                goes.

use std::sync::{Mutex, MutexGuard};

use super::right::{Chat, Client, Room};

static GONE: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn leave(self, mut room: MutexGuard<Room>, id: u64, last_words: &str) -> Option<Client> {
        if !last_words.is_empty() {
            room.tell(id, last_words);
        }
        let client = room.remove(id)?;
        GONE.lock().unwrap().push(client.name.to_ascii_lowercase());
        room.tell_all(format!("{} left the chat.", client.name).as_bytes());
        Some(client)
    }

    fn is_taken(self, room: &Room, id: u64, name: &str) -> bool {
        let is_gone = GONE.lock().unwrap().contains(&name.to_ascii_lowercase());
        is_gone || room.is_taken(id, name)
    }
}

pub fn main() {
    Mistaken.serve();
}
