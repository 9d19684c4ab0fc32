//! Decides whether a server passes, and explains what is wrong with it.

pub mod checker;
pub mod failure;
pub mod narration;
pub mod parallel;
pub mod scenes;
#[cfg(test)]
mod tests;
