//! Who registers a name is not called by it.
//!
//! check 10
//!   ✗ alice says "/register Alice" and hears nothing for 3 s
//!       where "{alice} is now Alice" was expected
//!     It means   your server registers a name, and does not call the client by it.
//!     Look at    what follows a registration: {old} is now {name}, for everybody.

use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn takes_registered(self, _room: &mut Room, _id: u64, _name: &str) {}
}

pub fn main() {
    Mistaken.serve();
}
