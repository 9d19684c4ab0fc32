//! Nothing keeps a second server from the same file.
//!
//! check 11
//!   ✗

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
