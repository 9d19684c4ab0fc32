//! An outbox: a queue of what waits for a client that reads too slowly, and the thread that writes it.
//!
//! The room puts text in and never waits; the thread takes it out and waits for the client as long as that takes. So
//! the queue must have a bound: a client for which too much waits is disconnected.

use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use super::STACK;
use super::printing::STDERR;

/// The most bytes that may wait for one client.
const LIMIT: usize = 1 << 20;

/// A client for which more than this waits has fallen behind. The rest is for what is on its way already.
const BEHIND: usize = LIMIT / 4;

/// For so many microseconds, a byte that the client takes shows that it reads: if it takes 64 KiB in a second, always.
const BYTE: u64 = 15;

/// The longest time for which that shows.
const MOMENT: Duration = Duration::from_secs(2);

/// What a text counts beside its bytes: even an empty one takes memory.
const LEAST: usize = 16;

/// The most outboxes at a time. Beside 10,000 reading threads, Linux allows some 3000 more by default; at the next one, the
/// standard library ends the program. On Windows, each client has an outbox.
const OUTBOXES: usize = if cfg!(windows) { 10_000 } else { 2000 };

/// Each outbox holds a handle to this.
static SEATS: LazyLock<Arc<()>> = LazyLock::new(Arc::default);

/// Whether no outbox is left.
pub fn are_all_taken() -> bool {
    Arc::strong_count(&SEATS) > OUTBOXES
}

/// The room's end of an outbox. Once it is dropped, the thread writes what is left in the queue, and ends.
pub struct Outbox {
    queue: Sender<Part>,
    /// How many bytes are in the queue, or taken out and not written yet.
    waiting: Arc<AtomicUsize>,
    /// How many there are unless the client takes something.
    expected: usize,
    /// Until when the client counts as one that reads.
    reads_until: Instant,
}

/// A text, and how much of it is written. All outboxes share the text.
type Part = (Arc<str>, usize);

impl Outbox {
    /// An empty outbox. Its thread reports `progress` whenever the client takes something, and drops it when it ends.
    pub fn start(stream: Arc<TcpStream>, address: SocketAddr, progress: SyncSender<()>) -> Self {
        let (queue, parts) = mpsc::channel();
        let waiting = Arc::default();
        let outbox = Outbox {
            queue,
            waiting: Arc::clone(&waiting),
            expected: 0,
            reads_until: Instant::now() + MOMENT / 4, // It may have stopped already.
        };
        if are_all_taken() {
            return outbox; // Drops `parts`, so every `push` returns false. A thread that cannot start does the same.
        }
        let seat = Arc::clone(&SEATS);
        let thread = thread::Builder::new().stack_size(STACK);
        let _ = thread.spawn(move || {
            write_loop(&stream, &parts, &waiting, &progress);
            if waiting.load(SeqCst) > LIMIT {
                STDERR.print(format!(
                    "Disconnected {address}: it reads too slowly, more than 1 MiB waits for it."
                ));
            }
            drop(seat);
        });
        outbox
    }

    /// Adds what is not written yet of a text. Returns false if too much waits, or the connection is lost.
    pub fn push(&mut self, text: Arc<str>, written: usize) -> bool {
        let length = text.len() - written + LEAST;
        self.expected += length;
        let waiting = self.waiting.fetch_add(length, SeqCst) + length;
        waiting <= LIMIT && self.queue.send((text, written)).is_ok()
    }

    /// Whether everything is written.
    pub fn is_empty(&self) -> bool {
        self.waiting.load(SeqCst) == 0
    }

    /// Whether the client has fallen behind, and reads.
    pub fn is_behind(&mut self) -> bool {
        let (now, waiting) = (Instant::now(), self.waiting.load(SeqCst));
        let taken = Duration::from_micros(BYTE * (self.expected - waiting) as u64);
        self.expected = waiting;
        self.reads_until = (self.reads_until.max(now) + taken).min(now + MOMENT);
        waiting > BEHIND && now < self.reads_until
    }
}

/// The outbox's thread: writes part after part, until nothing more comes or the client is gone.
fn write_loop(
    mut stream: &TcpStream,
    parts: &Receiver<Part>,
    waiting: &AtomicUsize,
    progress: &SyncSender<()>,
) {
    for (text, written) in parts {
        let mut rest = &text.as_bytes()[written..];
        while !rest.is_empty() {
            // Waits here, as long as the client likes.
            match stream.write(rest) {
                Ok(length) => {
                    rest = &rest[length..];
                    waiting.fetch_sub(length, SeqCst);
                    let _ = progress.try_send(()); // Arrives only where somebody waits for it.
                }
                Err(error) if matches!(error.kind(), WouldBlock | TimedOut | Interrupted) => {}
                Err(_) => {
                    let _ = stream.shutdown(Shutdown::Both); // Wakes the reading thread, which lets the client leave.
                    return;
                }
            }
        }
        waiting.fetch_sub(LEAST, SeqCst);
    }
}
