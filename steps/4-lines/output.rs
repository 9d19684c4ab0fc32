//! What the server prints, whether anybody reads it or not.

use std::io::{self, Write};

/// Prints a line to stdout. Where `println!` would panic, since nobody reads there any more, this does nothing.
pub fn log(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a line to stderr, if anybody reads there.
pub fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
