//! Half a line in the middle of the file counts as an account.
//!
//! check 11
//!   ✗ half of line 2 is missing, in the middle of the file, and the server starts as if nothing were wrong
//!     It means   your server starts with a file that is damaged in the middle.
//!     Look at    how a line that is not an account is handled: exit with an error
//!                that names the line, and overwrite nothing, so that the file can
//!                be repaired.

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
