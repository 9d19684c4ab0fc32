//! Only the newline is cut off: what telnet sends keeps its `\r`.
//!
//! check 5
//!   ✗ alice sends "/up as telnet sends it\r\n" and hears "AS TELNET SENDS IT�"
//!       where "AS TELNET SENDS IT" was expected
//!     It means   your server keeps the \r of a line that ends in \r\n, as telnet
//!                sends it.
//!     Look at    the end of the line: strip \n, then \r if there is one.

use super::right::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn without_end(self, line: &[u8]) -> &[u8] {
        line.strip_suffix(b"\n").unwrap_or(line)
    }
}

pub fn main() {
    Mistaken.serve();
}
