//! An outbox: what waits for a client that reads too slowly, and the thread that writes it.
//!
//! The room puts bytes in and never waits for it; the thread takes them out and waits for the client as long as
//! it takes. So the queue between them must be bounded: a client for which too much waits is disconnected.

use std::convert::Infallible;
use std::io::{self, Write};
use std::mem;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::STACK;
use crate::output::complain;

/// The most bytes that may wait for one client.
const LIMIT: usize = 1 << 20;

/// The most bytes that the thread writes before it says how far it is.
const PART: usize = 1 << 16;

/// A write that takes longer has waited for the client.
const MOMENT: Duration = Duration::from_millis(10);

/// Too much waits for the client. It is disconnected.
pub struct TooSlow;

/// The room's end of an outbox.
pub struct Outbox {
    shared: Arc<Shared>,
}

struct Shared {
    stream: Arc<TcpStream>,
    queue: Mutex<Queue>,
    /// Something has come into the queue, or it is closed.
    changed: Condvar,
}

struct Queue {
    /// What the thread has not taken yet.
    waiting: Vec<u8>,
    /// How many bytes it has taken, but not written yet.
    taken: usize,
    /// When a write last took longer than a moment.
    slow_at: Instant,
    /// Nothing more comes: when the queue is empty, the thread ends.
    is_closed: bool,
    /// Too much has waited.
    is_too_slow: bool,
    /// Whoever waits until all is written waits until this is dropped.
    done: Option<Sender<Infallible>>,
}

impl Outbox {
    /// An outbox in which these bytes wait already. Fails if the system refuses a thread.
    pub fn start(stream: &Arc<TcpStream>, address: SocketAddr, bytes: &[u8]) -> io::Result<Self> {
        let queue = Queue {
            waiting: bytes.to_vec(),
            taken: 0,
            slow_at: Instant::now(),
            is_closed: false,
            is_too_slow: false,
            done: None,
        };
        let shared = Arc::new(Shared {
            stream: Arc::clone(stream),
            queue: Mutex::new(queue),
            changed: Condvar::new(),
        });
        let writer = Arc::clone(&shared);
        thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || writer.run(address))?;
        Ok(Outbox { shared })
    }

    /// Adds bytes to what waits. If that is too much, the client is disconnected.
    pub fn push(&self, bytes: &[u8]) -> Result<(), TooSlow> {
        let mut queue = self.shared.queue.lock().unwrap();
        if queue.is_closed {
            return Ok(()); // The connection is lost.
        }
        if queue.len() + bytes.len() > LIMIT {
            queue.is_too_slow = true;
            queue.give_up();
            // The thread waits for the client, in a write, or for more.
            let _ = self.shared.stream.shutdown(Shutdown::Both);
            self.shared.changed.notify_one();
            return Err(TooSlow);
        }
        queue.waiting.extend_from_slice(bytes);
        self.shared.changed.notify_one();
        Ok(())
    }

    /// Whether nothing waits, and no write has taken longer than a moment for as long as that.
    pub fn is_calm(&self, time: Duration) -> bool {
        let queue = self.shared.queue.lock().unwrap();
        queue.len() == 0 && queue.slow_at.elapsed() >= time
    }

    /// Says that nothing more comes. What waits is still written; then `done` is dropped, and the thread ends.
    pub fn close(self, done: Option<Sender<Infallible>>) {
        let mut queue = self.shared.queue.lock().unwrap();
        queue.is_closed = true;
        queue.done = done;
        self.shared.changed.notify_one();
    }
}

impl Shared {
    /// The outbox's thread: writes what waits for the client, until nothing more comes or the client is gone.
    fn run(&self, address: SocketAddr) {
        if self.write_loop().is_err() {
            // Whoever reads from the client sees the end of its input, and does the rest.
            let _ = self.stream.shutdown(Shutdown::Both);
            self.queue.lock().unwrap().give_up();
        }
        if self.queue.lock().unwrap().is_too_slow {
            // Said here and not by the room, which must not wait for stderr either.
            complain(&format!(
                "Disconnected {address}: it reads too slowly, more than 1 MiB waits for it."
            ));
        }
    }

    fn write_loop(&self) -> io::Result<()> {
        while let Some(bytes) = self.take() {
            for part in bytes.chunks(PART) {
                let start = Instant::now();
                (&*self.stream).write_all(part)?; // Waits here, as long as the client likes.
                self.queue
                    .lock()
                    .unwrap()
                    .wrote(part.len(), start.elapsed());
            }
        }
        Ok(())
    }

    /// Takes all that waits, or waits for it. `None` if nothing more comes.
    fn take(&self) -> Option<Vec<u8>> {
        let queue = self.queue.lock().unwrap();
        let is_idle = |queue: &mut Queue| queue.waiting.is_empty() && !queue.is_closed;
        let mut queue = self.changed.wait_while(queue, is_idle).unwrap();
        queue.taken = queue.waiting.len();
        (queue.taken > 0).then(|| mem::take(&mut queue.waiting))
    }
}

/// Nothing here can panic, so the lock around it is never poisoned.
impl Queue {
    fn len(&self) -> usize {
        self.waiting.len() + self.taken
    }

    fn wrote(&mut self, length: usize, time: Duration) {
        self.taken -= length;
        if time > MOMENT {
            self.slow_at = Instant::now();
        }
    }

    /// Forgets what waits, and takes nothing more.
    fn give_up(&mut self) {
        self.waiting = Vec::new();
        self.is_closed = true;
    }
}
