//! Nothing keeps a second server from the same file.
//!
//! check 11
//!   ✗ a server starts with a file that another one uses, and it starts, as with a file of its own
//!     It means   your server starts although another one uses its file: neither
//!                knows what the other registers.
//!     Look at    the start: call File::try_lock, and exit with an error if another
//!                server holds the lock.

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
