//! Printing: nobody waits for stdout or stderr. Either may be a terminal that is stopped, or a pipe that nobody reads.
//!
//! Each of the two has a thread that prints, and a queue for it. A line that does not fit into the queue is dropped, and
//! counted. How many were dropped is printed as soon as that is possible again.

use std::io::{self, Write};
use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, LazyLock};
use std::thread;

pub static STDOUT: LazyLock<Printer> = LazyLock::new(|| Printer::new(io::stdout()));
pub static STDERR: LazyLock<Printer> = LazyLock::new(|| Printer::new(io::stderr()));

/// The most lines that wait to be printed.
const LINES: usize = 1024;

/// Starts both threads, while the operating system still grants threads.
pub fn start() {
    LazyLock::force(&STDOUT);
    LazyLock::force(&STDERR);
}

pub struct Printer {
    queue: SyncSender<String>,
    dropped: Arc<AtomicUsize>,
}

impl Printer {
    /// A printer, with its thread.
    pub fn new(output: impl Write + Send + 'static) -> Self {
        let (queue, lines) = mpsc::sync_channel(LINES);
        let dropped = Arc::<AtomicUsize>::default();
        let number = Arc::clone(&dropped);
        let _ = thread::Builder::new().spawn(move || print_loop(output, &lines, &number));
        Printer { queue, dropped }
    }

    /// Prints a line, sooner or later.
    pub fn print(&self, line: String) {
        if self.queue.try_send(line).is_err() {
            self.dropped.fetch_add(1, SeqCst);
        }
    }
}

/// The printing thread.
fn print_loop(mut output: impl Write, lines: &Receiver<String>, dropped: &AtomicUsize) {
    while let Ok(first) = lines.recv() {
        for line in iter::once(first).chain(lines.try_iter()) {
            let _ = writeln!(output, "{line}");
        }
        let number = dropped.swap(0, SeqCst);
        if number > 0 {
            let _ = writeln!(output, "({number} lines were dropped: nobody read this)");
        }
    }
}
