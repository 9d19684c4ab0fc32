//! Nothing keeps a second server from the same file.
//!
//! check 11
//!   ✗ a server starts with a file that another one uses, and it starts, as with a file of its own
//!     It means   your server starts though another one uses its file: each would
//!                not know what the other registers.
//!     Look at    the start: File::try_lock, and an error if another server has the
//!                lock.

use std::process::exit;

use super::accounts;
use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;
}

pub fn main() {
    accounts::cut();
    if let Some(number) = accounts::first_damaged() {
        eprintln!("Line {number} of the accounts is damaged.");
        exit(1);
    }
    Mistaken.serve();
}
