//! The pace at which a client may talk.
//!
//! As long as everybody keeps up, a client talks as fast as it likes. While one that reads is behind, all may go on as
//! fast as people talk. The thread of a client that is faster waits. So it does not read, so TCP tells this one client
//! to wait: a flood costs the flooder its speed, and people who type notice nothing.

use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::{Duration, Instant};

use super::audience::SOMEBODY_IS_BEHIND;

/// How long people take for a byte, at least: 16 KiB are said in a second.
const MICROS_PER_BYTE: usize = 61;

/// What a line counts beside its bytes: others hear a name with it.
const OVERHEAD: usize = 32;

/// Waits until the client may say a line of so many bytes, and sets when it may say its `next`.
pub fn wait(next: &mut Instant, length: usize) {
    if SOMEBODY_IS_BEHIND.load(SeqCst) {
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let micros = MICROS_PER_BYTE * (length + OVERHEAD);
        *next = Instant::now() + Duration::from_micros(micros as u64);
    }
}
