//! Before each answer, the server sleeps a moment: a long text, read in small pieces, takes longer
//! than this check waits.
//!
//! check 2
//!     It means   your server sent only part of the expected text in time. Cause
//!                unknown.
//!     Look at    the end of the text: is it missing, or only late? With --patience
//!                10, check waits longer.

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
