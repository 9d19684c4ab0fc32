//! /up knows the letters of ASCII only: of "café" it makes "CAFé".
//!
//! check 5

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
