//! Each start empties the file: what was registered before is lost with the second start.
//!
//! check 11
//!   ✗ the server was killed just after it had answered alice's /register; she logs in at the next, and she is told that name or key is wrong
//!     It means   your server does not find in its file what was registered.
//!     Look at    what it writes, when it is on the disk, and what it makes of the
//!                file when it starts: all accounts, the first ones too.

use std::{env, fs};

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 11;
}

pub fn main() {
    if let Some(file) = env::args().nth(3) {
        let kept = fs::read_to_string(&file).unwrap_or_default();
        let newest = kept.lines().last().map(|line| format!("{line}\n"));
        let _ = fs::write(file, newest.unwrap_or_default());
    }
    Mistaken.serve();
}
