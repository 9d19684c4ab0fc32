//! An outbox: a queue of what waits for a client, and a thread that writes it.
//!
//! A thread that puts a line in never waits for the client: only the outbox's own thread does. So the queue must have a
//! bound: a client for which too much waits is disconnected.

use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// The most bytes that may wait for one client.
const LIMIT: usize = 1 << 20;

/// The most bytes in one write.
const CHUNK: usize = 1 << 16;

/// How long a client may take nothing while something waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a write waits for a full socket, at first and at most. Linux ends that wait when a third of the socket's buffer
/// is free, which takes a slow reader longer than our patience. A new try writes whatever fits. (On Windows there is no
/// second try: a write that has timed out leaves the stream unusable.)
const TRY: Duration = if cfg!(windows) {
    PATIENCE
} else {
    Duration::from_millis(10)
};
const LONGEST_TRY: Duration = Duration::from_secs(1);

/// A handle: the room puts lines in, the client's own thread closes it.
#[derive(Clone)]
pub struct Outbox(Arc<Shared>);

/// What its handles and its thread share.
struct Shared {
    stream: Arc<TcpStream>,
    address: SocketAddr,
    queue: Mutex<Queue>,
    /// Wakes the threads that wait for the queue to change.
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    text: Vec<u8>,
    /// Nothing is added any more.
    is_closed: bool,
}

impl Outbox {
    /// An empty outbox, and its thread.
    pub fn open(stream: Arc<TcpStream>, address: SocketAddr) -> io::Result<Outbox> {
        let shared = Arc::new(Shared {
            stream,
            address,
            queue: Mutex::default(),
            changed: Condvar::new(),
        });
        let outbox = Outbox(Arc::clone(&shared));
        thread::Builder::new().spawn(move || shared.write_loop())?;
        Ok(outbox)
    }

    /// Adds a line. If too much waits, the client is disconnected: its reading thread notices, and lets it leave.
    pub fn push(&self, line: &str) {
        let mut queue = self.0.queue.lock().unwrap();
        if queue.is_closed {
            return;
        }
        if queue.text.is_empty() {
            self.0.changed.notify_all();
        }
        queue.text.extend_from_slice(line.as_bytes());
        if queue.text.len() > LIMIT {
            let address = self.0.address;
            log_error!(
                "Disconnected {address}: it reads too slowly, more than 1 MiB waits for it."
            );
            self.0.disconnect(&mut queue);
        }
    }

    /// Waits until everything is written, or the connection is lost. Nothing is added after that.
    pub fn close(&self) {
        let mut queue = self.0.queue.lock().unwrap();
        queue.is_closed = true;
        self.0.changed.notify_all();
        let is_pending = |queue: &mut Queue| !queue.text.is_empty();
        drop(self.0.changed.wait_while(queue, is_pending).unwrap());
    }
}

impl Shared {
    /// The outbox's thread: writes what waits, until nothing more comes or the connection is lost.
    fn write_loop(&self) {
        let mut waited = Duration::ZERO; // Since the client last took something.
        while let Some(text) = self.next() {
            let timeout = waited.min(LONGEST_TRY).max(TRY);
            let _ = self.stream.set_write_timeout(Some(timeout));
            waited += timeout;
            let written = (&*self.stream).write(&text);
            let mut queue = self.queue.lock().unwrap();
            match written {
                Ok(length) => {
                    self.remove(&mut queue, length);
                    waited = Duration::ZERO;
                }
                Err(error) if is_full(error.kind()) && waited < PATIENCE => {} // Tries again.
                Err(_) => return self.disconnect(&mut queue),
            }
        }
    }

    /// Sleeps until something waits, and copies what goes into one write. Nothing once the outbox is closed and empty.
    fn next(&self) -> Option<Vec<u8>> {
        let is_idle = |queue: &mut Queue| queue.text.is_empty() && !queue.is_closed;
        let queue = self.queue.lock().unwrap();
        let queue = self.changed.wait_while(queue, is_idle).unwrap();
        let length = queue.text.len().min(CHUNK);
        (length > 0).then(|| queue.text[..length].to_vec())
    }

    /// Removes what the client has taken.
    fn remove(&self, queue: &mut Queue, length: usize) {
        let length = length.min(queue.text.len()); // A lost connection has emptied it.
        queue.text.drain(..length);
        queue.text.shrink_to(256); // Most clients, most of the time, need no more.
        if queue.is_closed {
            self.changed.notify_all();
        }
    }

    /// Ends a read and a write that wait.
    fn disconnect(&self, queue: &mut Queue) {
        queue.is_closed = true;
        queue.text.clear();
        self.changed.notify_all();
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Whether a write has failed only because the client has not read: the connection is not lost.
fn is_full(kind: ErrorKind) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(kind, WouldBlock | TimedOut | Interrupted)
}
