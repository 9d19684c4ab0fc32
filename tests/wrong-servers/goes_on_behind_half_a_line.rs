//! What comes next is written behind half a line that is at the end of the file.
//!
//! check 11
//!   ✗ the file ends with half a line when the server starts, and after the next start, the answer to Carol is that name or key is wrong
//!     It means   your server does not recover from half a line at the end of its
//!                file, as a crash leaves it.
//!     Look at    what happens at the start: half a line at the end was never
//!                answered. Cut it off, or the next account is appended to it.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;
}

pub fn main() {
    Mistaken.serve();
}
