//! A line of exactly 4096 bytes is refused: `>=` where `>` should be.
//!
//! check 4

use super::right::{Chat, LIMIT};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn is_too_long(self, text: &[u8]) -> bool {
        text.len() >= LIMIT
    }
}

pub fn main() {
    Mistaken.serve();
}
