//! An outbox: a queue of what waits for a client that reads too slowly, and the thread that writes it.
//!
//! The room puts text in and never waits; the thread takes it out and waits for the client as long as that takes. So
//! the queue must have a bound: a client for which too much waits is disconnected.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use super::STACK;

/// The most bytes that may wait for one client.
const LIMIT: usize = 1 << 20;

/// The least that a text counts as: even the shortest takes memory.
const LEAST: usize = 16;

/// The room's end of an outbox. Once it is dropped, the thread writes what is left in the queue, and ends.
pub struct Outbox {
    queue: Sender<Part>,
    /// How many bytes are in the queue, or taken out and not written yet.
    waiting: Arc<AtomicUsize>,
}

/// A text, and how much of it is written. All outboxes share the text.
type Part = (Arc<str>, usize);

impl Outbox {
    /// An empty outbox. Its thread drops `done` when it ends.
    pub fn start(stream: Arc<TcpStream>, address: SocketAddr, done: SyncSender<()>) -> Self {
        let (queue, parts) = mpsc::channel();
        let waiting = Arc::default();
        let outbox = Outbox {
            queue,
            waiting: Arc::clone(&waiting),
        };
        let thread = thread::Builder::new().stack_size(STACK);
        // If the operating system refuses the thread, this drops `parts`, and every `push` returns false.
        let _ = thread.spawn(move || {
            write_loop(&stream, &parts, &waiting);
            if waiting.load(SeqCst) > LIMIT {
                // Said here: the room must not wait for stderr either.
                log_error!(
                    "Disconnected {address}: it reads too slowly, more than 1 MiB waits for it."
                );
            }
            drop(done);
        });
        outbox
    }

    /// Adds what is not written yet of a text. Returns false if too much waits, or the connection is lost.
    pub fn push(&self, text: Arc<str>, written: usize) -> bool {
        let length = (text.len() - written).max(LEAST);
        let waiting = self.waiting.fetch_add(length, SeqCst) + length;
        waiting <= LIMIT && self.queue.send((text, written)).is_ok()
    }

    /// Whether everything is written.
    pub fn is_empty(&self) -> bool {
        self.waiting.load(SeqCst) == 0
    }
}

/// The outbox's thread: writes part after part, until nothing more comes or the client is gone.
fn write_loop(mut stream: &TcpStream, parts: &Receiver<Part>, waiting: &AtomicUsize) {
    for (text, written) in parts {
        let rest = &text.as_bytes()[written..];
        // Waits here, as long as the client likes.
        if stream.write_all(rest).is_err() {
            let _ = stream.shutdown(Shutdown::Both); // Wakes the reading thread, which lets the client leave.
            return;
        }
        waiting.fetch_sub(rest.len().max(LEAST), SeqCst);
    }
}
