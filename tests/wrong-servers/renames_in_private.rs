//! A new name is told only to the one who has it now.
//!
//! check 5: a name
//!   ✗ alice says "/nick Alice", and bob hears nothing for 1 s
//!     It means   your server tells a new name only to the one who has it.
//!     Look at    who is written to: everybody is to hear of it.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use std::io::Write;
use std::net::SocketAddr;
use std::sync::MutexGuard;

use super::names::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn rename(self, mut room: MutexGuard<Room>, address: SocketAddr, name: &str) {
        let person = room.find(address);
        let old = std::mem::replace(&mut person.name, name.to_string());
        let _ = person
            .stream
            .write_all(format!("{old} is now {name}\n").as_bytes());
    }
}

pub fn main() {
    Mistaken.serve();
}
