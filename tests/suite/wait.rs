//! The one way to wait: for an event, and not for ever.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take. It only bounds failures, so it is generous.
pub const WAIT: Duration = Duration::from_secs(10);

/// Waits until something has happened.
pub fn eventually(what: &str, mut has_happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + WAIT;
    while !has_happened() {
        assert!(Instant::now() < deadline, "waited {WAIT:?} for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
