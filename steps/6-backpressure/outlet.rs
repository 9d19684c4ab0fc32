//! The way out to one client: straight to its socket, or through an outbox if it has fallen behind.
//!
//! To wake another thread costs several times what a write costs. So as long as a client's socket takes what it is
//! given, the room itself gives it. A socket that does not take everything within a moment belongs to somebody who
//! reads too slowly, or not at all. Such a client gets an outbox, and nobody waits for it a second time; once it has
//! caught up, it loses the outbox again.

use std::convert::Infallible;
use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use crate::complain;
use crate::outbox::{Outbox, TooSlow};

/// How long the room waits for a socket. The system rounds it up to the ticks of its clock, of 1 to 10 ms.
const PATIENCE: Duration = Duration::from_millis(2);

/// How long a client must have kept up before its outbox is taken away, and the room may have to wait for it again.
const CALM: Duration = Duration::from_millis(500);

pub struct Outlet {
    stream: Arc<TcpStream>,
    address: SocketAddr,
    /// If there is one, only its thread writes to the stream.
    outbox: Option<Outbox>,
    /// Twice as long each time that the room has waited for the client: so it does that more and more rarely.
    calm: Duration,
}

impl Outlet {
    pub fn new(stream: Arc<TcpStream>, address: SocketAddr) -> io::Result<Self> {
        // On Windows, a write that has timed out leaves the stream unusable. There, everybody has an outbox for good.
        let (outbox, calm) = if cfg!(windows) {
            (Some(Outbox::start(&stream, address, &[])?), Duration::MAX)
        } else {
            stream.set_write_timeout(Some(PATIENCE))?;
            (None, CALM)
        };
        Ok(Outlet {
            stream,
            address,
            outbox,
            calm,
        })
    }

    /// Sends bytes to the client, or leaves them in its outbox. If the room had to wait for the client, there is one
    /// less of its `waits`; with none left, it waits for nobody.
    pub fn send(&mut self, bytes: &[u8], waits: &mut u32) -> Result<(), TooSlow> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.retire_outbox();
        if let Some(outbox) = &self.outbox {
            return outbox.push(bytes);
        }
        if *waits == 0 {
            self.start_outbox(bytes);
            return Ok(());
        }
        let written = self.write(bytes);
        if written < bytes.len() {
            *waits -= 1;
            self.calm *= 2;
            self.start_outbox(&bytes[written..]);
        }
        Ok(())
    }

    /// Lets go of the client. What its outbox holds is still sent: `done` is dropped when all is.
    pub fn close(self, done: Sender<Infallible>) {
        if let Some(outbox) = self.outbox {
            outbox.close(Some(done));
        }
    }

    /// Writes what the socket takes now, and returns how much that was.
    fn write(&self, bytes: &[u8]) -> usize {
        // Not `write_all`: when it fails, nobody knows how much it has written.
        match (&*self.stream).write(bytes) {
            Ok(length) => length,
            Err(error) if is_for_now(error.kind()) => 0,
            Err(_) => self.cut(bytes),
        }
    }

    /// Gives the client an outbox, in which these bytes wait already.
    fn start_outbox(&mut self, bytes: &[u8]) {
        let _ = self.stream.set_write_timeout(None); // Its thread has all the time in the world.
        match Outbox::start(&self.stream, self.address, bytes) {
            Ok(outbox) => self.outbox = Some(outbox),
            Err(error) => {
                complain(&format!("Could not start a thread: {error}"));
                self.cut(bytes);
            }
        }
    }

    /// Takes the outbox away from a client that has caught up. Nobody but the room fills it, so it stays empty.
    fn retire_outbox(&mut self) {
        if let Some(outbox) = self.outbox.take_if(|outbox| outbox.is_calm(self.calm)) {
            outbox.close(None);
            let _ = self.stream.set_write_timeout(Some(PATIENCE));
        }
    }

    /// Ends a connection that lacks these bytes, so that nothing comes after the gap. The thread that reads from the
    /// client sees the end of its input, and does the rest. Returns how many bytes need no more care: all.
    fn cut(&self, bytes: &[u8]) -> usize {
        let _ = self.stream.shutdown(Shutdown::Both);
        bytes.len()
    }
}

/// Whether an error only says that a write has to be tried again.
fn is_for_now(kind: ErrorKind) -> bool {
    // A write that has timed out is the first or the second of them, as the system likes.
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}
