//! What comes next is written behind half a line that is at the end of the file.
//!
//! check 11
//!   ✗

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;
}

pub fn main() {
    Mistaken.serve();
}
