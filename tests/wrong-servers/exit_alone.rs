//! /exit is a command only if nothing follows it on its line: "/exit now" is unknown.
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

    fn is_exit(self, line: &[u8]) -> bool {
        line == b"/exit"
    }
}

pub fn main() {
    Mistaken.serve();
}
