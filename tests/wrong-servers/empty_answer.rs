//! /up and /down without text are answered by an empty line.
//!
//! check 5
//!   ✗ alice says "/up" and hears ""
//!       where one line with the reason was expected
//!     It means   your server answers /up without text with an empty line.
//!     Look at    a command without its text: reply with what is missing.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn usage(self, _: &str) -> String {
        String::new()
    }
}

pub fn main() {
    Mistaken.serve();
}
