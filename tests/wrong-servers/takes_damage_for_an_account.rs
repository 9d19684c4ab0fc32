//! Half a line in the middle of the file counts as an account.
//!
//! check 11
//!   ✗ half of line 2 is missing, in the middle of the file, and the server starts as if nothing were wrong
//!     It means   your server starts with a file that is damaged in the middle.
//!     Look at    what it makes of a line that is no account: the start ends with
//!                an error that names the line, and nothing is overwritten.
//!                Somebody may still mend the file.

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
