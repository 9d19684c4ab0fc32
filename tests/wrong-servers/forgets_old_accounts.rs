//! Each start empties the file: what was registered before is lost with the second start.
//!
//! check 11
//!   ✗ the server was killed just after it answered alice's /register; she logs in at the next, and the answer is that name or key is wrong
//!     It means   your server does not find a registered account in its file.
//!     Look at    what it writes, when that is on disk, and what it loads at the
//!                start: all accounts, including the first.

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
