//! Four threads accept and serve: the fifth client waits until one of the four has left.
//!
//! check 2: twenty clients, and a silent one
//!   ✗ dave says "dave here" and hears nothing for 1 s
//!       then others left, and it came
//!     It means   your server serves some clients at once, and no more.
//!     Look at    how many threads there are: each client needs one of its own.
//!     Next       cargo run -- hint 2 · cargo run -- show 1

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
