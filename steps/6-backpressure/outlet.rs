//! The way out to one client: straight to its socket, or through an outbox if it has fallen behind.
//!
//! To wake another thread costs several times what a write costs. So as long as a client's socket takes what it is
//! given, the room itself writes.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::outbox::Outbox;

/// How long the room waits for a socket. The operating system rounds it up to the ticks of its clock, of 1 to 10 ms.
const PATIENCE: Duration = Duration::from_millis(2);

pub struct Outlet {
    stream: Arc<TcpStream>,
    pub address: SocketAddr,
    /// As long as there is one, only its thread writes to the stream.
    outbox: Option<Outbox>,
    /// The room does not write to this client, and so never waits for it: it keeps its outbox.
    is_slow: bool,
    /// Dropped with the outlet, or when the outbox has written everything.
    done: SyncSender<()>,
}

impl Outlet {
    pub fn new(stream: Arc<TcpStream>, address: SocketAddr, done: SyncSender<()>) -> Self {
        // On Windows, a write that has timed out leaves the stream unusable. So the room must not try.
        let is_slow = cfg!(windows) || stream.set_write_timeout(Some(PATIENCE)).is_err();
        Outlet {
            stream,
            address,
            outbox: None,
            is_slow,
            done,
        }
    }

    /// Sends the client a text from `start` on, or leaves it in the outbox. Unless the room `may_wait`, a client without an
    /// outbox gets one unseen, until it is empty.
    pub fn send(&mut self, text: &Arc<str>, start: usize, may_wait: &mut bool) {
        if !self.is_slow && self.outbox.take_if(|outbox| outbox.is_empty()).is_some() {
            self.is_slow = self.stream.set_write_timeout(Some(PATIENCE)).is_err();
        }
        let mut written = start;
        if !self.is_slow && self.outbox.is_none() && *may_wait {
            // Not `write_all`: when that fails, nobody knows how much it has written. Whether an error is a timeout or a
            // lost connection, the outbox finds out.
            written += (&*self.stream)
                .write(&text.as_bytes()[start..])
                .unwrap_or(0);
            if written == text.len() {
                return;
            }
            self.is_slow = true;
            *may_wait = false;
        }
        let outbox = self.outbox.get_or_insert_with(|| {
            let _ = self.stream.set_write_timeout(None); // The outbox's thread may wait for ever.
            Outbox::start(Arc::clone(&self.stream), self.address, self.done.clone())
        });
        if !outbox.push(Arc::clone(text), written) {
            let _ = self.stream.shutdown(Shutdown::Both); // Wakes both threads: a read and a write end.
        }
    }
}
