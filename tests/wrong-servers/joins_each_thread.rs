//! Each client has a thread, but the accept loop waits for that thread to end.
//!
//! check 2
//!   ✗ bob says "yo" and hears nothing for 1 s
//!       where "yo" was expected
//!       then alice left, and bob's "yo" came … ms later
//!     It means   your server talks to one client at a time.
//!     Look at    the call after accept() that returns only when alice leaves.

use std::thread;

use super::echo;

pub fn main() {
    for client in super::listen().incoming().flatten() {
        let handle = thread::spawn(move || echo(client));
        handle.join().unwrap();
    }
}
