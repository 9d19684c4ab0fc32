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

pub struct Pace {
    /// When the client may say its next line, if somebody is still behind.
    next: Instant,
}

impl Pace {
    pub fn new() -> Self {
        let next = Instant::now();
        Pace { next }
    }

    /// Waits until the client may say a line of so many bytes.
    pub fn wait(&mut self, length: usize) {
        if SOMEBODY_IS_BEHIND.load(SeqCst) {
            thread::sleep(self.next.saturating_duration_since(Instant::now()));
            let takes = Duration::from_micros((MICROS_PER_BYTE * (length + OVERHEAD)) as u64);
            self.next = Instant::now() + takes;
        }
    }
}
