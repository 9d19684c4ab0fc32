//! Before each answer, the server sleeps a moment: a long text, read in small pieces, takes longer
//! than this check waits.
//!
//! check 2
//!     It means   by then your server has said only the beginning of what was
//!                expected, and this check does not know why.
//!     Look at    the end of it: is something left out there, or does it only come
//!                late? With --patience 10, check waits longer.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use super::right::serve_each;

pub fn main() {
    serve_each(|mut client, _, _| {
        let mut buffer = [0; 2048];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            thread::sleep(Duration::from_millis(40));
            let _ = client.write_all(&buffer[..length]);
        }
    });
}
