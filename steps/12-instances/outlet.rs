//! The way out to one client: straight to its socket, or through an outbox if the socket is full.
//!
//! To wake another thread costs several times what a write costs. So as long as a client's socket takes what it is
//! given, the room itself writes.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::outbox::{Outbox, is_full};
use super::printing::STDERR;

/// How long a write waits for a full socket. The room gives up then, and an outbox tries again: Linux would wake it only
/// when a third of the socket's buffer is free, but a write that tries takes what is free.
const PATIENCE: Duration = Duration::from_millis(10);

pub struct Outlet {
    pub stream: Arc<TcpStream>,
    pub address: SocketAddr,
    /// As long as there is one, only its thread writes to the stream.
    outbox: Option<Outbox>,
    /// The room lets such a client leave.
    pub is_lost: bool,
    /// For an outbox to tell that the client takes something. Dropped when everything is written.
    progress: SyncSender<()>,
}

impl Outlet {
    pub fn new(stream: Arc<TcpStream>, address: SocketAddr, progress: SyncSender<()>) -> Self {
        if !cfg!(windows) {
            let _ = stream.set_write_timeout(Some(PATIENCE)); // Fails only if the connection is lost.
        }
        Outlet {
            stream,
            address,
            outbox: None,
            is_lost: false,
            progress,
        }
    }

    /// Sends the client a text. Notes if the room has had to wait for it; if it `has_waited` before, it does not.
    pub fn send(&mut self, text: &[u8], has_waited: &mut bool) {
        if self.is_lost || text.is_empty() {
            return;
        }
        let mut written = 0;
        if self.is_direct(*has_waited) {
            written = self.try_write(text);
            *has_waited |= written < text.len();
        }
        if written < text.len() {
            self.queue(&text[written..]);
        }
    }

    /// Whether the room itself is to write. If it may not wait, a client gets an outbox before its socket is tried.
    fn is_direct(&mut self, has_waited: bool) -> bool {
        if cfg!(windows) {
            return false; // There, a write that has timed out leaves the stream unusable.
        }
        self.outbox.take_if(|outbox| outbox.is_over());
        self.outbox.is_none() && (!has_waited || Outbox::none_is_left())
    }

    /// Writes what the socket takes, and returns how much that is. Not `write_all`: when that fails, nobody knows how
    /// much it has written.
    fn try_write(&mut self, text: &[u8]) -> usize {
        match (&*self.stream).write(text) {
            Ok(length) => length,
            Err(error) if is_full(&error) => 0,
            Err(_) => {
                self.disconnect();
                text.len() // Nobody waits for it any more.
            }
        }
    }

    /// Leaves a text in the outbox. A client for which that is too much is disconnected.
    fn queue(&mut self, text: &[u8]) {
        let start = || Outbox::start(Arc::clone(&self.stream), self.progress.clone());
        self.outbox = self.outbox.take().or_else(start);
        let reason = match &self.outbox {
            Some(outbox) if outbox.push(text) => return,
            Some(_) => "more than 1 MiB waits for it",
            None => "no thread is left to wait for it",
        };
        self.outbox = None;
        self.disconnect();
        let address = self.address;
        STDERR.print(format!(
            "Disconnected {address}: it reads too slowly, {reason}."
        ));
    }

    /// Ends a read and a write that wait. (On Windows, a read may wait until the client closes its end, too.)
    fn disconnect(&mut self) {
        self.is_lost = true;
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Whether the client is behind: much waits for it, but it reads.
    pub fn is_behind(&self) -> bool {
        self.outbox.as_ref().is_some_and(Outbox::is_behind)
    }
}
