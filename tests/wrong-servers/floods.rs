//! Whoever connects is sent lines without end.
//!
//! check 1: an echo for one client
//!   ✗ alice says "hi" and hears "yes\nyes\nyes\nyes\nyes\nyes\n…" (… characters)
//!       where "hi" was due
//!     It means   your server says something else than what is due.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?
//!     Next       cargo run -- hint 1

use std::io::Write;
use std::thread;

pub fn main() {
    let listener = super::listen();
    for mut client in listener.incoming().flatten() {
        thread::spawn(move || while client.write_all(&b"yes\n".repeat(1000)).is_ok() {});
    }
}
