//! Decides whether a server passes, and explains what is wrong with it.

pub mod checker;
pub mod failure;
mod narration;
pub mod options;
mod parallel;
pub mod scenes;
pub mod step;
#[cfg(test)]
mod tests;
mod verdict_words;
