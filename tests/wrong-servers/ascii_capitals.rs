//! /up knows the letters of ASCII only: of "café" it makes "CAFé".
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

    fn upper(self, text: &str) -> String {
        text.to_ascii_uppercase()
    }
}

pub fn main() {
    Mistaken.serve();
}
