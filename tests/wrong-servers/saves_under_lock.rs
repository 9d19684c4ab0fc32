//! The room is locked while an account is written to a slow disk.
//!
//! check 11
//!   ✗ alice registers names, and each takes … ms, and bob waits … ms for his own words, … while she asks for /time
//!     It means   your server makes every client wait for the disk while one
//!                registers.
//!     Look at    what is locked while the account is written and synced: the file,
//!                but not the room.

use std::process::exit;
use std::thread;
use std::time::Duration;

use super::accounts;
use super::right::{Chat, Room};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;

    fn register(self, room: &mut Room, id: u64, name: &str, key: &str) {
        accounts::keep(name, key);
        thread::sleep(Duration::from_millis(100)); // The disk.
        room.tell(id, &accounts::told(name, key));
    }
}

pub fn main() {
    accounts::lock();
    accounts::cut();
    if let Some(number) = accounts::first_damaged() {
        eprintln!("Line {number} of the accounts is damaged.");
        exit(1);
    }
    Mistaken.serve();
}
