//! The command line and the terminal.

pub mod arguments;
pub mod terminal;
