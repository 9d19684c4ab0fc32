//! The steps' files and the learner's folder.

pub mod learner;
pub mod steps;
