//! A command is whatever begins like one.
//!
//! check 5: commands
//!   ✓ alice says "/up Hello", hears "HELLO"
//!   ✓ alice says "/down Hello", hears "hello"
//!   ✓ alice says "/up as telnet sends it\r", hears "AS TELNET SENDS IT"
//!   ✓ alice says "/time", hears "2026-11-22 14:05:09 UTC"
//!   ✗ alice says "/quitter" and hears "Bye."
//!       where "Unknown command: /quitter. Try /help." was due
//!     It means   your server takes any word that begins like a command for that
//!                command.
//!     Look at    how a command is found: compare the whole first word, not its
//!                beginning.
//!     Next       cargo run -- hint 5 · cargo run -- show 4

use super::names::Chat;

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    fn is_command(self, line: &str, command: &str) -> bool {
        // The author calls it /quit as well.
        line.starts_with(command) || line.starts_with("/quit")
    }
}

pub fn main() {
    Mistaken.serve();
}
