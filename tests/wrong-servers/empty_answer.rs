//! /up and /down without text are answered by an empty line.
//!
//! check 5

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
