//! The wrong logins of all clients are counted together.
//!
//! check 10
//!   ✗ alice says "/login Alicia 00000000000000000000000000000000", and bob also hears "{alice} left the chat."
//!     It means   your server counts the wrong logins of all clients together: one
//!                who guesses gets others disconnected.
//!     Look at    where it counts: each client has a number of its own.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 10;

    fn count(self, _wrong: u32, is_right: bool) -> u32 {
        static WRONG: AtomicU32 = AtomicU32::new(0);
        if is_right {
            WRONG.store(0, SeqCst);
            return 0;
        }
        WRONG.fetch_add(1, SeqCst) + 1
    }
}

pub fn main() {
    Mistaken.serve();
}
