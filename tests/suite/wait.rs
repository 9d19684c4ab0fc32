//! The one way to wait: for an event, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// The deadline of any wait. Only failures take that long, so it is generous.
pub const WAIT: Duration = Duration::from_secs(10);

/// Polls until something has happened.
pub fn eventually(what: &str, has_happened: impl FnMut() -> bool) {
    within(WAIT, what, has_happened);
}

/// The same with another deadline.
pub fn within(limit: Duration, what: &str, mut has_happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !has_happened() {
        assert!(Instant::now() < deadline, "waited {limit:?} for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
