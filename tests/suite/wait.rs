//! The one way to wait: for an event, and not for ever.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take. It only bounds failures, so it is generous.
pub const WAIT: Duration = Duration::from_secs(10);

/// Waits until something has happened.
pub fn eventually(what: &str, has_happened: impl FnMut() -> bool) {
    within(WAIT, what, has_happened);
}

/// The same where it may take longer.
pub fn within(limit: Duration, what: &str, mut has_happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !has_happened() {
        assert!(Instant::now() < deadline, "waited {limit:?} for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
