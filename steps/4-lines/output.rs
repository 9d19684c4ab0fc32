//! What the server prints, whether anybody reads it or not.

/// Prints a line to stdout. Where `println!` would panic because nobody reads there any more, this does nothing.
macro_rules! log {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

/// Prints a line to stderr, if anybody reads there.
macro_rules! log_error {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($words)*);
    }};
}
