//! The text is changed on the way.
//!
//! check 1
//!   ✗ alice says "hi" and hears "HI"
//!       where "hi" was expected
//!     It means   your server changes the letter case of what it receives.
//!     Look at    what happens to the text between the read and the write: it
//!                should not change.

use std::io::Write;

use super::{read, serve_each};

pub fn main() {
    serve_each(|_, mut client, _| {
        while let Some(text) = read(&mut client) {
            let _ = client.write_all(&text.to_ascii_uppercase());
        }
    });
}
