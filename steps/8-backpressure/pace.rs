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
    at_most: Duration,
    /// The outbox of each client that is behind holds a clone of the sender, until the client has caught up.
    slow: Option<(SyncSender<()>, Receiver<()>)>,
}

impl Pace {
    /// The pace for so many bytes. Nobody is behind yet.
    pub fn new(bytes: usize) -> Pace {
        let at_most = Duration::from_micros((MICROS_PER_BYTE * bytes) as u64);
        Pace {
            at_most,
            slow: None,
        }
    }

    /// For the outbox of a client that is behind.
    pub fn talker(&mut self) -> SyncSender<()> {
        let channel = self.slow.get_or_insert_with(|| mpsc::sync_channel(0));
        channel.0.clone()
    }

    /// Waits until all have caught up: then the last sender is dropped, and the channel closed.
    pub fn wait(self) {
        if let Some((talker, caught_up)) = self.slow {
            drop(talker);
            let _ = caught_up.recv_timeout(self.at_most);
        }
    }
}
