//! A client that connects is sent lines without end.
//!
//! check 1
//!   ✗ alice says "hi" and hears "yes"
//!       where "hi" was expected
//!     It means   your server sent something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use std::io::Write;
use std::thread;

pub fn main() {
    let listener = super::listen();
    for mut client in listener.incoming().flatten() {
        thread::spawn(move || while client.write_all(&b"yes\n".repeat(1000)).is_ok() {});
    }
}
