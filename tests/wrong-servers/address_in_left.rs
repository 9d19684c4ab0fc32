//! Whoever leaves is called by its address, though everybody knew a name.
//!
//! check 5: a name has one owner
//!   ✓ alice says "/nick Alice", alice and bob hear "{alice} is now Alice"
//!   ✓ bob says "/nick aLICE", hears "No."
//!   ✓ bob says "/nick 10.0.0.1", hears "No."
//!   ✓ bob says "/nick Al", hears "No."
//!   ✓ bob says "/nick abcdefghijklmnop", hears "No."
//!   ✓ bob says "/nick al_ice", hears "No."
//!   ✓ bob says "/nick bob", alice and bob hear "{bob} is now bob"
//!   ✗ alice leaves, and bob hears "{alice} left the chat."
//!       where "Alice left the chat." was due
//!     It means   your server says goodbye to an address, though everybody knew a
//!                name.
//!     Look at    the order: read the name, forget the client, tell the others.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use std::net::SocketAddr;
use std::sync::MutexGuard;

use super::names::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn leave(self, mut room: MutexGuard<Room>, address: SocketAddr) {
        let name = room.find(address).name.clone();
        room.people.retain(|person| person.address != address);
        room.taken.remove(&self.key(&name));
        room.tell_all(&format!("{address} left the chat."));
    }
}

pub fn main() {
    Mistaken.serve();
}
