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

use std::io::Write;

use super::{read, serve_each};

pub fn main() {
    serve_each(|_, mut client, _| {
        while let Some(text) = read(&mut client) {
            let _ = client.write_all(text.to_uppercase().as_bytes());
        }
    });
}
