//! Half a line in the middle of the file counts as an account.
//!
//! check 11
//!   ✗

use super::accounts;
use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;
}

pub fn main() {
    accounts::cut();
    Mistaken.serve();
}
