//! The way out to one client: straight to its socket, or through an outbox if it has fallen behind.
//!
//! To wake another thread costs several times what a write costs. So as long as a client's socket takes what it is
//! given, the room itself writes. A socket that does not take everything within a moment belongs to a client that
//! reads too slowly, or not at all: from then on it has an outbox, and the room never waits for it again.

use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
use std::io::{self, Write};
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
    /// The room has waited for the client, and will not again: it keeps its outbox.
    is_slow: bool,
    /// Dropped with the outlet, or when the outbox has written everything.
    done: SyncSender<()>,
}

impl Outlet {
    pub fn new(
        stream: Arc<TcpStream>,
        address: SocketAddr,
        done: SyncSender<()>,
    ) -> io::Result<Self> {
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Outlet {
            stream,
            address,
            outbox: None,
            is_slow: cfg!(windows), // There, a write that has timed out leaves the stream unusable.
            done,
        })
    }

    /// Sends text to the client, or leaves it in the outbox. Where the room has to wait for the client, that takes one of
    /// the `waits`. With none left the room does not even try: a client without an outbox gets one, until it is empty.
    pub fn send(&mut self, text: &Arc<str>, waits: &mut u32) {
        if self.try_send(text, waits).is_err() {
            // Nothing may come after a gap. The reading thread sees the end, and lets the client leave.
            let _ = self.stream.shutdown(Shutdown::Both);
        }
    }

    fn try_send(&mut self, text: &Arc<str>, waits: &mut u32) -> io::Result<()> {
        let mut written = 0; // So many bytes the room itself has written.
        if !self.is_slow {
            if self.outbox.take_if(|outbox| outbox.is_empty()).is_some() {
                self.stream.set_write_timeout(Some(PATIENCE))?;
            }
            if self.outbox.is_none() && *waits > 0 {
                written = self.write(text)?;
                if written == text.len() {
                    return Ok(());
                }
                self.is_slow = true;
                *waits -= 1;
            }
        }
        self.need_outbox()?.push(Arc::clone(text), written);
        Ok(())
    }

    /// Writes what the socket takes within a moment, and returns how much that was.
    fn write(&self, text: &str) -> io::Result<usize> {
        // Not `write_all`: when that fails, nobody knows how much it has written.
        match (&*self.stream).write(text.as_bytes()) {
            // Operating systems differ in what they call a timeout.
            Err(error) if matches!(error.kind(), TimedOut | WouldBlock | Interrupted) => Ok(0),
            result => result,
        }
    }

    /// The client's outbox, a new one if it has none.
    fn need_outbox(&mut self) -> io::Result<&Outbox> {
        let outbox = if let Some(outbox) = self.outbox.take() {
            outbox
        } else {
            self.stream.set_write_timeout(None)?; // The outbox's thread may wait for ever.
            Outbox::start(Arc::clone(&self.stream), self.address, self.done.clone())?
        };
        Ok(self.outbox.insert(outbox))
    }
}
