//! The way out to one client: straight to its socket, or through an outbox if it has fallen behind.
//!
//! To wake another thread costs several times what a write costs. So as long as a client's socket takes what it is
//! given, the room itself writes.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::outbox::{self, Outbox};

/// How long the room waits for a socket. The operating system rounds it up to the ticks of its clock, of 1 to 10 ms.
const PATIENCE: Duration = Duration::from_millis(2);

/// How long an outbox's thread waits for a socket until it tries again. Linux says that there is room only when a third
/// of the socket's buffer is free; a write that tries takes what is free.
const TRY_AGAIN: Duration = Duration::from_millis(50);

pub struct Outlet {
    stream: Arc<TcpStream>,
    pub address: SocketAddr,
    /// As long as there is one, only its thread writes to the stream.
    outbox: Option<Outbox>,
    /// The room does not write to this client, and so never waits for it: it keeps its outbox.
    is_slow: bool,
    /// For the outbox to tell that the client takes something. Dropped when everything is written.
    progress: SyncSender<()>,
}

impl Outlet {
    pub fn new(stream: Arc<TcpStream>, address: SocketAddr, progress: SyncSender<()>) -> Self {
        // On Windows, a write that has timed out leaves the stream unusable. So the room must not try.
        let is_slow = cfg!(windows) || stream.set_write_timeout(Some(PATIENCE)).is_err();
        Outlet {
            stream,
            address,
            outbox: None,
            is_slow,
            progress,
        }
    }

    /// Sends the client a text from `start` on, or leaves it in the outbox. Unless the room `may_wait`, a client without an
    /// outbox gets one unseen, until it is empty.
    pub fn send(&mut self, text: &Arc<str>, start: usize, may_wait: &mut bool) {
        if !self.is_slow && self.outbox.take_if(|outbox| outbox.is_empty()).is_some() {
            self.is_slow = self.stream.set_write_timeout(Some(PATIENCE)).is_err();
        }
        let mut written = start;
        let may_write = *may_wait || outbox::are_all_taken();
        if !self.is_slow && self.outbox.is_none() && may_write {
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
            if !cfg!(windows) {
                let _ = self.stream.set_write_timeout(Some(TRY_AGAIN));
            }
            Outbox::start(
                Arc::clone(&self.stream),
                self.address,
                self.progress.clone(),
            )
        });
        if !outbox.push(Arc::clone(text), written) {
            let _ = self.stream.shutdown(Shutdown::Both); // Wakes both threads: a read and a write end.
        }
    }

    /// Whether the client has fallen behind, and reads.
    pub fn is_behind(&mut self) -> bool {
        self.outbox.as_mut().is_some_and(Outbox::is_behind)
    }
}
