//! Four threads accept and serve: the fifth client waits until one of the four has left.
//!
//! check 2
//!   ✗ dave says "dave here" and hears nothing for 1 s
//!       where "dave here" was expected
//!       then alice left, and dave's "dave here" came … ms later
//!     It means   your server serves only so many clients at once (4).
//!     Look at    how many threads serve clients: each client needs one of its own.

use std::thread;

use super::echo;

pub fn main() {
    let listener = super::listen();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| listener.incoming().flatten().for_each(echo));
        }
    });
}
