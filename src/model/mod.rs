//! The contract, the known mistakes, and what explains a recording. Pure: no input, no output.

pub mod advice;
pub mod contract;
pub mod explain;
pub mod features;
pub mod judge;
pub mod matching;
pub mod mistakes;
pub mod random;
pub mod recording;
pub mod script;
pub mod session;
pub mod shrink;
pub mod verdict;
