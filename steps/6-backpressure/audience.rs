//! The audience: the way out to each client, and what each has heard.
//!
//! What everybody is to hear is collected in a batch; then each client gets the batch in one write. The busier the room,
//! the larger the batch, and the less each message costs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::outlet::Outlet;

/// The size, in bytes, at which a batch is sent though more events wait.
const BATCH: usize = 1 << 16;

/// Whether a client that reads is behind. Only the room changes it; reading threads look at it.
pub static SOMEBODY_IS_BEHIND: AtomicBool = AtomicBool::new(false);

pub struct Audience {
    listeners: BTreeMap<u64, Listener>,
    /// What everybody is to hear, and has not been sent yet.
    batch: String,
    /// Whether the room may wait for a client. In each batch it waits for one at most: fifty that stop reading at once
    /// must not cost the others fifty times the patience.
    may_wait: bool,
}

struct Listener {
    outlet: Outlet,
    /// How much of the batch it has been sent already, or is not to hear.
    heard: usize,
}

impl Audience {
    pub fn new() -> Self {
        Audience {
            listeners: BTreeMap::new(),
            batch: String::new(),
            may_wait: true,
        }
    }

    /// Lets a client in. It hears only what comes after that.
    pub fn add(&mut self, id: u64, outlet: Outlet) {
        let heard = self.batch.len();
        self.listeners.insert(id, Listener { outlet, heard });
    }

    /// Lets a client go, with all that was said before.
    pub fn remove(&mut self, id: u64) -> Option<Outlet> {
        let mut listener = self.listeners.remove(&id)?;
        let batch = Arc::from(self.batch.as_str());
        let outlet = &mut listener.outlet;
        outlet.send(&batch, listener.heard, &mut self.may_wait);
        Some(listener.outlet)
    }

    /// Tells everybody something, with the next batch.
    pub fn tell_all(&mut self, line: &str) {
        self.batch += line;
        self.batch.push('\n');
    }

    /// Tells one client something at once, and nobody else.
    pub fn answer(&mut self, id: u64, text: &str) {
        if let Some(listener) = self.listeners.get_mut(&id) {
            // What others said before the question comes before the answer.
            let text = format!("{}{text}\n", &self.batch[listener.heard..]);
            let outlet = &mut listener.outlet;
            outlet.send(&Arc::from(text), 0, &mut self.may_wait);
            listener.heard = self.batch.len();
        }
    }

    /// Whether the batch is so large that it must go.
    pub fn is_full(&self) -> bool {
        self.batch.len() >= BATCH
    }

    /// Sends everybody the batch, and starts the next one. Returns false if there was nothing to send.
    pub fn flush(&mut self) -> bool {
        let batch = Arc::<str>::from(self.batch.as_str());
        self.batch.clear();
        for listener in self.listeners.values_mut() {
            if listener.heard < batch.len() {
                let outlet = &mut listener.outlet;
                outlet.send(&batch, listener.heard, &mut self.may_wait);
            }
            listener.heard = 0;
        }
        !batch.is_empty()
    }

    /// The clients that were disconnected: their connections were lost, or too much waited for them.
    pub fn lost(&self) -> Vec<u64> {
        let listeners = self.listeners.iter();
        let lost = listeners.filter(|(_, listener)| listener.outlet.is_lost);
        lost.map(|(id, _)| *id).collect()
    }

    /// After a batch: looks whether somebody is behind. In the next one the room may wait again.
    pub fn rest(&mut self) {
        let mut outlets = self.listeners.values().map(|listener| &listener.outlet);
        SOMEBODY_IS_BEHIND.store(outlets.any(Outlet::is_behind), SeqCst);
        self.may_wait = true;
    }
}
