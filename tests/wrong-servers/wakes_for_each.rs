//! Each client has a thread that writes, which is woken for each line.
//!
//! check 9
//!   ✗

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 9;
}

pub fn main() {
    Mistaken.serve();
}
