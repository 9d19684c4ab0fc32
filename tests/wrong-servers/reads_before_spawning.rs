//! The first word is read in the accept loop, and only then is there a thread.
//!
//! check 2
//!   ✗ alice says "alice here" and hears nothing for 1 s
//!       where "alice here" was expected
//!       then mallory said something, and alice's "alice here" came … ms later
//!     It means   your server waits for one client's first message before it serves
//!                the next client.
//!     Look at    what happens between accept() and the new thread: read in the
//!                thread, not before it starts.

use std::io::{Read, Write};
use std::thread;

pub fn main() {
    for mut client in super::listen().incoming().flatten() {
        let mut buffer = [0; 512];
        let Ok(mut length) = client.read(&mut buffer) else {
            continue;
        };
        thread::spawn(move || {
            while length > 0 && client.write_all(&buffer[..length]).is_ok() {
                length = client.read(&mut buffer).unwrap_or(0);
            }
        });
    }
}
