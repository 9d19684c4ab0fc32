//! The workshop command.
fn main() {}
