//! The pace: a client that talks waits for those that have fallen behind, but no longer than people take to type what it said.
//! It also waits for the one thread that writes. That needs no limit: the thread waits for nobody.
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
    /// The same for the clients that the one thread writes to.
    fast: Receiver<()>,
}

/// What an outbox that is behind keeps, until it has caught up.
pub struct Talker {
    slow: SyncSender<()>,
    fast: SyncSender<()>,
}

impl Pace {
    /// The pace for so many bytes, and senders: the outbox of a client that is behind keeps a clone of one.
    pub fn new(bytes: usize) -> (Talker, Pace) {
        let (slow, all_slow) = mpsc::sync_channel(0);
        let (fast, all_fast) = mpsc::sync_channel(0);
        let at_most = Duration::from_micros((MICROS_PER_BYTE * bytes) as u64);
        let pace = Pace {
            slow: all_slow,
            at_most,
            fast: all_fast,
        };
        (Talker { slow, fast }, pace)
    }

    pub fn wait(self) {
        let _ = self.slow.recv_timeout(self.at_most);
        let _ = self.fast.recv();
    }
}

impl Talker {
    /// The sender for a client that is slow, or not.
    pub fn of(&self, is_slow: bool) -> SyncSender<()> {
        let sender = if is_slow { &self.slow } else { &self.fast };
        sender.clone()
    }
}
