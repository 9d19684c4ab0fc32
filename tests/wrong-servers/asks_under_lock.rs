//! The room is locked while the server asks somebody a question, and waits for the answer.
//!
//! check 5: a name
//!   ✗ alice says "/nick Alice" and hears "Are you sure?"
//!       where "{alice} is now Alice" was due
//!       then bob spoke, and nobody heard it until alice had answered
//!     It means   your server keeps everybody waiting while it waits for one
//!                client's answer.
//!     Look at    what is held while it asks: a lock, probably. Ask first, lock
//!                afterwards.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::MutexGuard;

use super::names::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn rename(self, mut room: MutexGuard<Room>, address: SocketAddr, name: &str) {
        let person = room.find(address);
        let _ = person.stream.write_all(b"Are you sure?\n");
        let _ = person.stream.read(&mut [0; 100]);
        let old = std::mem::replace(&mut person.name, name.to_string());
        room.tell_all(&format!("{old} is now {name}"));
    }
}

pub fn main() {
    Mistaken.serve();
}
