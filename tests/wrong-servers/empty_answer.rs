//! /up and /down without text are answered by an empty line.
//!
//! check 5
//!   ✗ alice says "/up" and hears ""
//!       where one line that says why not was expected
//!     It means   your server answers /up without a text with an empty line.
//!     Look at    a command without its text: say what is missing.

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
