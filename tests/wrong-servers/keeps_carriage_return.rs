//! Only the newline is cut off: what telnet sends keeps its `\r`.
//!
//! check 5: commands
//!   ✓ alice says "/up Hello", hears "HELLO"
//!   ✓ alice says "/down Hello", hears "hello"
//!   ✗ alice says "/up as telnet sends it\r" and hears "AS TELNET SENDS IT\r"
//!       where "AS TELNET SENDS IT" was due
//!     It means   your server keeps the \r of a line that ends in \r\n, as telnet
//!                sends it.
//!     Look at    the end of the line: cut off \n, then \r if there is one.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use super::names::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn line(self, line: &str) -> String {
        line.trim_end_matches('\n').to_string()
    }
}

pub fn main() {
    Mistaken.serve();
}
