//! An outbox: a queue of what waits for a client.
//!
//! A thread that puts a line in never waits for the client. One thread writes what is in all outboxes, as long as each
//! client takes it at once. A client that does not, once, has a thread of its own from then on: only that waits for it. So
//! the queue must have a bound: a client for which too much waits is disconnected. Before it comes to that, those that
//! talk wait (`pace.rs`).

use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use super::pace::Pace;

/// The most bytes that may wait for one client.
const LIMIT: usize = 1 << 20;

/// A client is behind while more than this waits for it. The rest is for what is on its way already.
const BEHIND: usize = LIMIT / 64;

/// The most bytes in one write.
const CHUNK: usize = 1 << 16;

/// How long a client may take nothing while something waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Nobody waits any more for a client that has taken nothing for so long. (One that reads 50 kB/s takes something every two
/// seconds: the system at its end makes room for whole packets only, and on one machine they have 64 KiB.)
const STALLED: Duration = Duration::from_secs(5);

/// How long a write waits for a full socket, at first and at most. Linux ends that wait when a third of the socket's buffer
/// is free, which takes a slow reader longer than our patience. A new try writes whatever fits. (On Windows there is no
/// second try: a write that has timed out leaves the stream unusable.)
const TRY: Duration = if cfg!(windows) {
    PATIENCE
} else {
    Duration::from_millis(10)
};
const LONGEST_TRY: Duration = Duration::from_secs(1);

/// How long the one thread waits for a client: once, then the client has a thread of its own. (Linux makes it 8 ms or so.)
const GLANCE: Duration = Duration::from_millis(1);

/// How many clients a thread tries where one socket was full: others may be full, too.
const TRIES: usize = 16;

/// A handle: the thread that writes to all clients that keep up.
#[derive(Clone)]
pub struct Writer(Sender<Arc<Shared>>);

/// A handle: the room puts lines in, the client's own thread closes it.
#[derive(Clone)]
pub struct Outbox(Arc<Shared>);

/// What its handles and the threads that write share.
struct Shared {
    stream: Arc<TcpStream>,
    address: SocketAddr,
    queue: Mutex<Queue>,
    /// Where the one thread finds the outboxes that are no longer empty.
    ready: Writer,
    /// Wakes the threads that wait for the queue to change.
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    text: Vec<u8>,
    /// The client is behind, and these wait until it has caught up: until they are dropped.
    talkers: Vec<SyncSender<()>>,
    is_stalled: bool,
    /// Only the client's own thread writes.
    is_slow: bool,
    /// Nothing is added any more.
    is_closed: bool,
}

impl Writer {
    pub fn start() -> Writer {
        let (ready, outboxes) = mpsc::channel();
        thread::spawn(move || write_to_all(&outboxes));
        Writer(ready)
    }

    /// An empty outbox.
    pub fn open(&self, stream: Arc<TcpStream>, address: SocketAddr) -> io::Result<Outbox> {
        stream.set_write_timeout(Some(GLANCE))?;
        Ok(Outbox(Arc::new(Shared {
            stream,
            address,
            queue: Mutex::default(),
            ready: self.clone(),
            changed: Condvar::new(),
        })))
    }
}

impl Outbox {
    /// Adds a line. If too much waits, the client is disconnected: its reading thread notices, and lets it leave.
    pub fn push(&self, line: &str, pace: &mut Pace) {
        let mut queue = self.0.queue.lock().unwrap();
        if queue.is_closed {
            return;
        }
        if queue.text.is_empty() {
            self.0.wake(&queue);
        }
        queue.text.extend_from_slice(line.as_bytes());
        if queue.text.len() > BEHIND && !queue.is_stalled {
            let talker = pace.talker(queue.is_slow);
            queue.talkers.push(talker);
        }
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

/// The one thread. While it writes to a client, more comes for the others: the busier the room, the more goes out at once.
fn write_to_all(outboxes: &Receiver<Arc<Shared>>) {
    for shared in outboxes {
        if !shared.write_once() {
            // A full socket has cost a wait. A thousand, one after the other,
            // would stop the room.
            let ready: Vec<_> = outboxes.try_iter().collect();
            write_side_by_side(&ready);
        }
    }
}

fn write_side_by_side(outboxes: &[Arc<Shared>]) {
    thread::scope(|scope| {
        for some in outboxes.chunks(TRIES) {
            let write = move || {
                for shared in some {
                    shared.write_once();
                }
            };
            if thread::Builder::new().spawn_scoped(scope, write).is_err() {
                write();
            }
        }
    });
}

impl Shared {
    /// Has a thread look at the outbox.
    fn wake(self: &Arc<Self>, queue: &Queue) {
        if queue.is_slow {
            self.changed.notify_all();
        } else {
            let _ = self.ready.0.send(Arc::clone(self)); // That thread never ends.
        }
    }

    /// One write of the one thread. Returns false if the socket is full: then the client has a thread of its own.
    fn write_once(self: &Arc<Self>) -> bool {
        let Some(text) = self.next() else {
            return true; // It was disconnected.
        };
        let written = if cfg!(windows) {
            Ok(0) // A write that times out would leave the stream unusable: all are slow.
        } else {
            (&*self.stream).write(&text)
        };
        let mut queue = self.queue.lock().unwrap();
        let length = match written {
            Ok(length) => length,
            Err(error) if is_full(error.kind()) => 0,
            Err(_) => {
                self.disconnect(&mut queue);
                return true;
            }
        };
        self.remove(&mut queue, length);
        let keeps_up = length == text.len();
        if !keeps_up {
            self.start_thread(&mut queue);
        } else if !queue.text.is_empty() {
            self.wake(&queue);
        }
        keeps_up
    }

    /// From now on, only a thread of the client's own writes to it.
    fn start_thread(self: &Arc<Self>, queue: &mut Queue) {
        queue.is_slow = true;
        queue.talkers.clear();
        let shared = Arc::clone(self);
        let thread = thread::Builder::new().spawn(move || shared.write_loop());
        if thread.is_err() {
            self.disconnect(queue);
        }
    }

    /// A slow client's thread: writes what waits, until nothing more comes or the connection is lost.
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
                Err(error) if is_full(error.kind()) && waited < PATIENCE => {
                    queue.is_stalled = waited >= STALLED;
                }
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
        queue.is_stalled = false;
        if queue.text.len() <= BEHIND {
            queue.talkers.clear();
        }
        if queue.is_closed {
            self.changed.notify_all();
        }
    }

    /// Ends a read and a write that wait.
    fn disconnect(&self, queue: &mut Queue) {
        queue.is_closed = true;
        queue.text.clear();
        queue.talkers.clear();
        self.changed.notify_all();
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Whether a write has failed only because the client has not read: the connection is not lost.
fn is_full(kind: ErrorKind) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(kind, WouldBlock | TimedOut | Interrupted)
}
