//! A name may be as long as one likes, and of any characters.
//!
//! check 6
//!   ✗ bob says "/nick 10.0.0.1" and hears "{bob} is now 10.0.0.1"
//!       where one line that says why not was expected
//!     It means   your server says something else than what was expected.
//!     Look at    the two texts above: where do they differ first, and where does
//!                your server write that?

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 6;

    fn is_name(self, name: &str) -> bool {
        !name.is_empty()
    }
}

pub fn main() {
    Mistaken.serve();
}
