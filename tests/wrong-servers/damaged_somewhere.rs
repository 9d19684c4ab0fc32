//! The start ends at a file that is damaged, and does not say where.
//!
//! check 11
//!   ✗ half of line 2 is missing, in the middle of the file, and the server does not print which line it is to stderr
//!     It means   your server does not report which line of its file is damaged.
//!     Look at    the error on stderr: with the line's number, the file can be
//!                repaired.

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
    if accounts::first_damaged().is_some() {
        eprintln!("The file of the accounts is damaged.");
        exit(1);
    }
    Mistaken.serve();
}
