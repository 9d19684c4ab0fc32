//! What is not UTF-8 is made UTF-8, and passed on: nobody said that.
//!
//! check 4
//!   ✗ bob says "caf\xe9 \xff\xfe" and hears "{bob} says: caf� ��"
//!       where "Not valid UTF-8: the line was not sent." was expected
//!     It means   your server passes on a line that is not UTF-8, as it is or
//!                changed.
//!     Look at    where bytes become text: from_utf8 reports invalid bytes,
//!                from_utf8_lossy hides them.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn text(self, bytes: &[u8]) -> Option<String> {
        Some(String::from_utf8_lossy(bytes).into_owned())
    }
}

pub fn main() {
    Mistaken.serve();
}
