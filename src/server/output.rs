//! Reads the output of a program.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::Child;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Instant;

use crate::server::announcement::address_in;

/// The capacity of the queue of printed lines.
pub const QUEUED_LINES: usize = 1024;
/// A longer line is cut into pieces of this many bytes.
const LINE_LIMIT: u64 = 1024;

/// A printed line, with its time.
pub struct Printed {
    pub at: Instant,
    pub what: Output,
}

pub enum Output {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    /// One of the two streams has ended.
    Ended,
}

impl Printed {
    fn now(what: Output) -> Printed {
        let at = Instant::now();
        Printed { at, what }
    }
}

/// The address that a program announced, once it has.
pub type Announcement = Arc<OnceLock<SocketAddr>>;

/// Reads stdout and stderr of a program, each in a thread of its own.
pub fn read(child: &mut Child) -> (Announcement, Receiver<Printed>) {
    let (sender, printed) = mpsc::sync_channel(QUEUED_LINES);
    let announcement = Announcement::default();
    if let Some(stderr) = child.stderr.take() {
        let sender = sender.clone();
        thread::spawn(move || read_loop(stderr, &sender, Output::Stderr));
    }
    if let Some(stdout) = child.stdout.take() {
        let announcement = Arc::clone(&announcement);
        let note = move |line: Vec<u8>| {
            if let Some(address) = address_in(&line) {
                let _ = announcement.set(address); // Fails after the first one.
            }
            Output::Stdout(line)
        };
        thread::spawn(move || read_loop(stdout, &sender, note));
    }
    (announcement, printed)
}

/// Reads as long as the program prints, so that it never blocks on us.
fn read_loop(output: impl Read, printed: &SyncSender<Printed>, what: impl Fn(Vec<u8>) -> Output) {
    let mut output = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        let mut piece = output.by_ref().take(LINE_LIMIT);
        if !matches!(piece.read_until(b'\n', &mut line), Ok(1..)) {
            break;
        }
        // A program that prints without end fills the channel: excess lines are dropped.
        let sent = printed.try_send(Printed::now(what(line)));
        if let Err(TrySendError::Disconnected(_)) = sent {
            return;
        }
    }
    let _ = printed.send(Printed::now(Output::Ended));
}
