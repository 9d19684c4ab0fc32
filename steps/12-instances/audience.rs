//! The audience: the way out to each client, and what each has heard.
//!
//! What everybody is to hear is collected in a batch; then each client gets the batch in one write. The busier the room,
//! the larger the batch, and the less each message costs.

use std::collections::BTreeMap;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::outlet::Outlet;

/// The size, in bytes, at which a batch is sent though more events wait.
const BATCH: usize = 1 << 16;

/// Whether a client that reads is behind. Only the room changes it; reading threads look at it.
pub static SOMEBODY_IS_BEHIND: AtomicBool = AtomicBool::new(false);

#[derive(Default)]
pub struct Audience {
    listeners: BTreeMap<u64, Listener>,
    /// What everybody is to hear, and has not been sent yet.
    batch: String,
    /// Whether the room has waited for a client. In each batch it waits for one at most: fifty that stop reading at once
    /// must not cost the others fifty times the patience.
    has_waited: bool,
}

struct Listener {
    outlet: Outlet,
    /// How much of the batch it has been sent already, or is not to hear.
    heard: usize,
}

impl Audience {
    /// Lets a client in. It hears only what comes after that.
    pub fn add(&mut self, id: u64, outlet: Outlet) {
        let heard = self.batch.len();
        self.listeners.insert(id, Listener { outlet, heard });
    }

    /// Lets a client go, with all that was said before.
    pub fn remove(&mut self, id: u64) -> Option<Outlet> {
        let Listener { mut outlet, heard } = self.listeners.remove(&id)?;
        outlet.send(&self.batch.as_bytes()[heard..], &mut self.has_waited);
        Some(outlet)
    }

    /// Tells everybody something, with the next batch.
    pub fn tell_all(&mut self, line: &str) {
        self.batch += line;
        self.batch.push('\n');
    }

    /// Tells one client something at once, and nobody else.
    pub fn answer(&mut self, id: u64, text: &str) {
        if let Some(Listener { outlet, heard }) = self.listeners.get_mut(&id) {
            // What others said before the question comes before the answer.
            let text = format!("{}{text}\n", &self.batch[*heard..]);
            *heard = self.batch.len();
            outlet.send(text.as_bytes(), &mut self.has_waited);
        }
    }

    /// Whether the batch is so large that it must go.
    pub fn is_full(&self) -> bool {
        self.batch.len() >= BATCH
    }

    /// Sends everybody the batch, and starts the next one. Returns the clients that are disconnected: their connections
    /// were lost, or too much waited for them.
    pub fn flush(&mut self) -> Vec<u64> {
        let (mut lost, mut somebody_is_behind) = (Vec::new(), false);
        for (id, Listener { outlet, heard }) in &mut self.listeners {
            let rest = &self.batch.as_bytes()[mem::take(heard)..];
            outlet.send(rest, &mut self.has_waited);
            somebody_is_behind |= outlet.is_behind();
            lost.extend(outlet.is_lost.then_some(*id));
        }
        SOMEBODY_IS_BEHIND.store(somebody_is_behind, SeqCst);
        self.batch.clear();
        self.has_waited = false;
        lost
    }
}
