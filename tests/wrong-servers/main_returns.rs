//! The accept loop has a thread of its own, and nobody waits for it: main returns.
//!
//! check 1
//!   ✗ alice connects and sees the server exit (exit status: 0)
//!     It means   your server exited normally: when main returns, the process and
//!                all its threads end.
//!     Look at    the end of main, and of the accept loop: it should run for ever.

use std::thread;
use std::time::Duration;

use super::echo;

pub fn main() {
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(1)); // It reads its configuration, say.
        super::listen().incoming().flatten().for_each(echo);
    });
}
