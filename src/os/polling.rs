//! Polling for what the operating system does not announce.

use std::thread;
use std::time::{Duration, Instant};

/// The first pause. Listing all processes also takes milliseconds.
const SHORTEST: Duration = Duration::from_millis(2);

/// The pause before the next poll: a twentieth of the time waited so far.
pub fn pause(begun: Instant) -> Duration {
    SHORTEST.max(begun.elapsed() / 20)
}

/// Waits until `is_done` holds. Returns false if that takes longer than `limit`.
pub fn wait_until(limit: Duration, mut is_done: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    loop {
        if is_done() {
            return true;
        }
        if begun.elapsed() > limit {
            return false;
        }
        thread::sleep(pause(begun));
    }
}
