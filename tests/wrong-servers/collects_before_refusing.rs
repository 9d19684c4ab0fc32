//! A line is collected to its end, however long it is, and only then refused: what one client can
//! make the server hold has no bound.
//!
//! check 4
//!   ✗ bob sends "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (10000 characters) and hears nothing for 1 s
//!       where "Line too long: the limit is 4096 bytes." was expected
//!       then bob sent no more (a half-close), and it came … ms later
//!     It means   your server refuses a line that is too long only when its newline
//!                comes. If it buffers the line until then, one client can exhaust
//!                its memory.
//!     Look at    where a line is collected: beyond 4096 bytes drop it, reply, and
//!                skip to its newline.

use std::io::BufRead;

use super::right::{Chat, Hear};

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 4;

    fn line(self, input: &mut dyn BufRead, hear: Hear) -> bool {
        let mut line = Vec::new();
        matches!(input.read_until(b'\n', &mut line), Ok(1..))
            && self.message(line).is_none_or(hear)
    }
}

pub fn main() {
    Mistaken.serve();
}
