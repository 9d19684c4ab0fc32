//! Waiting for what the operating system does not announce: we look again and again.

use std::thread;
use std::time::{Duration, Instant};

/// The first pause. A look at all processes takes milliseconds, too.
const SHORTEST: Duration = Duration::from_millis(2);

/// The pause before the next look: a twentieth of the time waited so far.
pub fn pause(begun: Instant) -> Duration {
    SHORTEST.max(begun.elapsed() / 20)
}

/// Waits until it is done. Returns false if that takes longer than `limit`.
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
