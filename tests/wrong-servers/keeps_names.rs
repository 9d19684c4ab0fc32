//! Whoever leaves takes the name along: nobody can have it any more.
//!
//! check 5: a name has one owner
//!   ✓ alice says "/nick Alice", alice and bob hear "{alice} is now Alice"
//!   ✓ bob says "/nick aLICE", hears "No."
//!   ✓ bob says "/nick 10.0.0.1", hears "No."
//!   ✓ bob says "/nick Al", hears "No."
//!   ✓ bob says "/nick abcdefghijklmnop", hears "No."
//!   ✓ bob says "/nick al_ice", hears "No."
//!   ✓ bob says "/nick bob", alice and bob hear "{bob} is now bob"
//!   ✓ alice leaves, bob hears "Alice left the chat."
//!   ✗ bob says "/nick alice" and hears "No."
//!       where "bob is now alice" was due
//!     It means   your server keeps the name of somebody who has left.
//!     Look at    where names are kept: a client's name must go when the client
//!                goes.
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
        room.tell_all(&format!("{name} left the chat."));
    }
}

pub fn main() {
    Mistaken.serve();
}
