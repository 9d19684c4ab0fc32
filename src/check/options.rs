//! What the user may choose of a check.

use std::time::Duration;

/// How to check.
pub struct Options {
    pub patience: Duration,
    /// If it passes, the checks after it run too.
    pub run_all: bool,
    /// The random seed, and the number of random sessions.
    pub seed: u64,
    pub sessions: u64,
    /// Run scenes one at a time.
    pub one_by_one: bool,
    /// Scenes that take half a minute or more are played, too.
    pub long: bool,
}
