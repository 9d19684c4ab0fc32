//! An outbox: a queue of what waits for a client, and the thread that writes it.
//!
//! The room puts text in and never waits; the thread takes it out and waits for the client as long as that takes. So
//! the queue must have a bound: a client for which too much waits is disconnected.

use std::io::{self, Error, ErrorKind, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// The stack of a client's threads. The default of 2 MiB is for functions that call each other deeper than ours.
pub const STACK: usize = 128 << 10;

/// The most bytes that may wait for one client.
const LIMIT: usize = 1 << 20;

/// A client that reads is behind if more than this waits for it. The rest is for what is on its way already.
const BEHIND: usize = LIMIT / 4;

/// What a text counts beside its bytes: even a short one takes so much memory.
const OVERHEAD: usize = 32;

/// How long a client that takes something counts as one that reads. So long an outbox stays, at least: a client must
/// not make the room wait again and again.
const MOMENT: Duration = Duration::from_secs(1);

/// The most outboxes at a time. Beside 10,000 reading threads, Linux allows some 3000 more by default; at the next one,
/// the standard library ends the program. On Windows, each client has an outbox.
const OUTBOXES: usize = if cfg!(windows) { 10_000 } else { 2000 };

/// Each outbox holds a handle to this.
static SEATS: LazyLock<Arc<()>> = LazyLock::new(Arc::default);

/// The room's end of an outbox. Once it is dropped, the thread writes what is left in the queue, and ends.
pub struct Outbox {
    queue: Sender<Vec<u8>>,
    writer: Arc<Writer>,
    start: Instant,
}

/// What the thread works with.
struct Writer {
    stream: Arc<TcpStream>,
    /// How many bytes are in the queue, or taken out and not written yet.
    waiting: AtomicUsize,
    /// Until when the client counts as one that reads.
    reads_until: Mutex<Instant>,
    /// Hears whenever the client takes something.
    progress: SyncSender<()>,
    _seat: Arc<()>,
}

impl Outbox {
    /// An empty outbox, unless there are too many or the operating system refuses its thread.
    pub fn start(stream: Arc<TcpStream>, progress: SyncSender<()>) -> Option<Outbox> {
        if Outbox::none_is_left() {
            return None;
        }
        let (queue, texts) = mpsc::channel();
        let start = Instant::now();
        let writer = Arc::new(Writer {
            stream,
            waiting: AtomicUsize::new(0),
            reads_until: Mutex::new(start + MOMENT / 5), // It may have stopped already.
            progress,
            _seat: Arc::clone(&SEATS),
        });
        let outbox = Outbox {
            queue,
            writer: Arc::clone(&writer),
            start,
        };
        let thread = thread::Builder::new().stack_size(STACK);
        thread.spawn(move || writer.run(&texts)).ok()?;
        Some(outbox)
    }

    /// Whether there are as many as there may be.
    pub fn none_is_left() -> bool {
        Arc::strong_count(&SEATS) > OUTBOXES
    }

    /// Adds a text. Returns false if too much waits.
    pub fn push(&self, text: &[u8]) -> bool {
        let length = text.len() + OVERHEAD;
        let waiting = self.writer.waiting.fetch_add(length, SeqCst) + length;
        // Without a thread that receives it, the connection is lost, and the
        // client about to leave.
        self.queue.send(text.to_vec()).is_err() || waiting <= LIMIT
    }

    /// Whether the client is behind: much waits for it, but it reads.
    pub fn is_behind(&self) -> bool {
        self.writer.waiting.load(SeqCst) > BEHIND
            && Instant::now() < *self.writer.reads_until.lock().unwrap()
    }

    /// Whether everything is written, and the room may write again itself.
    pub fn is_over(&self) -> bool {
        self.writer.waiting.load(SeqCst) == 0 && self.start.elapsed() > MOMENT
    }
}

impl Writer {
    /// The outbox's thread: writes one text after the other, until nothing more comes or the connection is lost.
    fn run(&self, texts: &Receiver<Vec<u8>>) {
        for text in texts {
            if self.write(&text).is_err() {
                let _ = self.stream.shutdown(Shutdown::Both); // Wakes the reading thread, which lets the client leave.
                return;
            }
            self.waiting.fetch_sub(OVERHEAD, SeqCst);
        }
        if cfg!(windows) {
            // There, a client keeps its outbox until it leaves the room. Hearing the end, it closes its own.
            let _ = self.stream.shutdown(Shutdown::Write);
        }
    }

    /// Waits for the client until it has taken all of this.
    fn write(&self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            match (&*self.stream).write(rest) {
                Ok(length) => {
                    rest = &rest[length..];
                    self.waiting.fetch_sub(length, SeqCst);
                    *self.reads_until.lock().unwrap() = Instant::now() + MOMENT;
                    // Arrives only where somebody waits for it.
                    let _ = self.progress.try_send(());
                }
                Err(error) if is_full(&error) => {} // Tries again.
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Whether a write has failed only because the client has not read: the connection is not lost.
pub fn is_full(error: &Error) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}
