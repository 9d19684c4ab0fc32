//! The text is changed on the way.
//!
//! check 1: an echo for one client
//!   ✗ alice says "hi" and hears "HI"
//!       where "hi" was due
//!     It means   what your server says differs in upper and lower case from what
//!                is due.
//!     Look at    what happens to the text between the read and the write: nothing
//!                should. And the words of the notices count, to the letter.
//!     Next       cargo run -- hint 1

use std::io::{Read, Write};
use std::thread;

pub fn main() {
    for client in super::listen().incoming() {
        let mut client = client.unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = client.read(&mut buffer) {
                let _ = client.write_all(&buffer[..length].to_ascii_uppercase());
            }
        });
    }
}
