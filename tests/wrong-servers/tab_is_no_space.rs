//! Only a blank ends the first word of a line: a tab after /up makes it an unknown command.
//!
//! check 5
//!     It means   your server sent something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn words(self, line: &str) -> (&str, &str) {
        let (command, text) = line.split_once(' ').unwrap_or((line, ""));
        (command, text.trim())
    }
}

pub fn main() {
    Mistaken.serve();
}
