//! What was sent after /exit is still read, and told to everybody.
//!
//! check 5: goodbye
//!   ✓ bob says "last words\n/exit\nand another thing", alice and bob hear "{bob} says: last words"
//!   ✗ alice also hears "{bob} says: and another thing"
//!     It means   your server still listens to a client that has said /exit.
//!     Look at    what follows /exit: nothing that was sent after it may be read as
//!                a line.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use std::io::BufRead;
use std::net::SocketAddr;
use std::sync::Mutex;

use super::names::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn after_exit(self, input: &mut dyn BufRead, room: &Mutex<Room>, address: SocketAddr) {
        let mut line = String::new();
        if let Ok(1..) = input.read_line(&mut line) {
            self.handle(line.trim_end(), room.lock().unwrap(), address);
        }
    }
}

pub fn main() {
    Mistaken.serve();
}
