//! The accept loop has a thread of its own, and nobody waits for it: main returns.
//!
//! check 1
//!   ✗ alice connects and sees the server exit (exit status: 0)
//!     It means   your server came …
//!                ends, and all its threads with it.
//!     Look at    the end of main, and of the accept loop: it goes on for ever.

use std::thread;
use std::time::Duration;

use super::echo;

pub fn main() {
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(1)); // It reads its configuration, say.
        super::listen().incoming().flatten().for_each(echo);
    });
}
