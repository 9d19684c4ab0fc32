//! The pace: a client that talks waits for those that have fallen behind, but no longer than people take to type what it said.
//!
//! It waits without the room's lock. Meanwhile its thread does not read, so TCP makes the client wait, too: a flood costs
//! the flooder its speed, and people who type notice nothing.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

/// How long people take to type a byte, at least: 16 KiB in a second.
const MICROS_PER_BYTE: usize = 61;

/// What the thread of a client that talks waits for.
pub struct Pace {
    /// Closed once all senders are dropped: then all clients have caught up.
    slow: Receiver<()>,
    at_most: Duration,
}

impl Pace {
    /// The pace for so many bytes, and a sender: the outbox of a client that is behind keeps a clone.
    pub fn new(bytes: usize) -> (SyncSender<()>, Pace) {
        let (talker, slow) = mpsc::sync_channel(0);
        let at_most = Duration::from_micros((MICROS_PER_BYTE * bytes) as u64);
        (talker, Pace { slow, at_most })
    }

    pub fn wait(self) {
        let _ = self.slow.recv_timeout(self.at_most);
    }
}
