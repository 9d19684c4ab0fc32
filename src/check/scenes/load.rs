//! Clients for what turns cannot express: many lines at the same moment, floods, slow readers. Each
//! is a connection, and has a thread of its own.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};
use std::{io, mem};

use super::finding::{Problem, failed};
use super::room::{room, run};
use crate::model::session::{ALICE, leaves};
use crate::model::verdict::Verdict;
use crate::runner::harness::Harness;

/// How long a client that should receive something waits before it looks whether all is over.
const GLANCE: Duration = Duration::from_millis(50);

/// A connection, and the lines that come.
pub struct Talker {
    stream: BufReader<TcpStream>,
    /// The beginning of a line.
    line: Vec<u8>,
}

/// The server is right so far, and its room is empty.
pub fn empty_room(harness: &mut Harness, step: usize) -> Result<(), Problem> {
    let playback = room(harness, step, 1, 1)?;
    run(playback, &[leaves(ALICE)]).map(|_| ())
}

impl Talker {
    /// Connects a client, and waits until it is in the room: then it receives its own word.
    pub fn join(harness: &mut Harness, who: &str) -> Result<Talker, Problem> {
        let mut talker = Talker::connect(harness, who)?;
        let patience = harness.patience;
        match talker.ask("I am here", patience) {
            Some(_) => Ok(talker),
            None => Err(no_answer(harness, &format!("{who} says \"I am here\""))),
        }
    }

    /// Connects a client that need not be in the room yet.
    pub fn connect(harness: &mut Harness, who: &str) -> Result<Talker, Problem> {
        let patience = harness.patience;
        let Ok(stream) = harness.server.connect(patience) else {
            return Err(ended_or(
                harness,
                &format!("{who} connects"),
                Verdict::Refused,
            ));
        };
        let _ = stream.set_nodelay(true);
        let _ = stream.set_read_timeout(Some(GLANCE));
        let (stream, line) = (BufReader::with_capacity(1 << 14, stream), Vec::new());
        Ok(Talker { stream, line })
    }

    pub fn stream(&self) -> &TcpStream {
        self.stream.get_ref()
    }

    /// False if the connection is lost.
    pub fn send(&self, text: &str) -> bool {
        self.stream().write_all(text.as_bytes()).is_ok()
    }

    /// Says a line, and reads until it comes back. Returns how long that took.
    pub fn ask(&mut self, text: &str, patience: Duration) -> Option<Duration> {
        let begun = Instant::now();
        self.send(&format!("{text}\n"));
        let own = format!(" says: {text}\n").into_bytes();
        self.read_until(begun + patience, |line| line.ends_with(&own))
            .then(|| begun.elapsed())
    }

    /// Reads lines up to one that is `last`. False at the end of the connection, or if it is too
    /// late.
    pub fn read_until(&mut self, deadline: Instant, mut last: impl FnMut(&[u8]) -> bool) -> bool {
        while Instant::now() < deadline {
            match self.next_line() {
                Ok(Some(line)) if last(&line) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        false
    }

    /// The next line. None if nothing comes for a moment.
    pub fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.stream.read_until(b'\n', &mut self.line) {
            Ok(_) if self.line.ends_with(b"\n") => Ok(Some(mem::take(&mut self.line))),
            Ok(_) => Err(ErrorKind::UnexpectedEof.into()),
            Err(error) if is_late(error.kind()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads and forgets whatever comes, as fast as it can, until the connection ends.
    pub fn drain(&self) {
        self.count(&AtomicU64::default());
    }

    /// The same, and counts the bytes.
    pub fn count(&self, received: &AtomicU64) {
        let mut buffer = vec![0; 1 << 18];
        loop {
            match self.stream().read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => drop(received.fetch_add(length as u64, SeqCst)),
                Err(error) if is_late(error.kind()) => {}
                Err(_) => return,
            }
        }
    }

    /// Says the same again and again, until it is shut down.
    pub fn flood(&self, text: &str) {
        while self.send(text) {}
    }

    /// Ends the connection, also for threads that wait for it.
    pub fn hang_up(&self) {
        let _ = self.stream().shutdown(Shutdown::Both);
    }
}

fn is_late(kind: ErrorKind) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(kind, WouldBlock | TimedOut | Interrupted)
}

/// A client should have received something. A server that has ended says more than that silence.
pub fn no_answer(harness: &mut Harness, action: &str) -> Problem {
    let (expected, patience) = (Vec::new(), harness.patience);
    ended_or(harness, action, Verdict::Silent { expected, patience })
}

pub fn ended_or(harness: &mut Harness, action: &str, verdict: Verdict) -> Problem {
    let verdict = match harness.exit_status() {
        Some(status) => Verdict::Exited(status),
        None => verdict,
    };
    failed(harness, action, verdict).into()
}

/// How long the lines of a client that types took to come back.
#[derive(Default)]
pub struct Typed {
    times: Vec<Duration>,
    /// Its last line never came back, though it waited much longer than the patience.
    pub is_unanswered: bool,
}

impl Typed {
    pub fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    pub fn longest(&self) -> Duration {
        self.times.iter().max().copied().unwrap_or_default()
    }
}

/// Between two lines of a client that types: faster than people do, or it would take long.
const BETWEEN: Duration = Duration::from_millis(25);

/// A line that takes this many times the patience never comes back. One that comes earlier was
/// late, as on a busy machine.
const UNANSWERED: u32 = 5;

/// Types a line now and then as long as it `goes_on`, and reads all that comes.
pub fn type_while(
    talker: &mut Talker,
    goes_on: &AtomicBool,
    patience: Duration,
    mut hear: impl FnMut(&[u8]),
) -> Typed {
    let mut typed = Typed::default();
    while goes_on.load(SeqCst) {
        let text = format!("line {}", typed.times.len());
        let own = format!(" says: {text}\n").into_bytes();
        let begun = Instant::now();
        talker.send(&format!("{text}\n"));
        let is_there = talker.read_until(begun + patience * UNANSWERED, |line| {
            hear(line);
            line.ends_with(&own)
        });
        typed.times.push(begun.elapsed());
        if !is_there {
            typed.is_unanswered = true;
            break;
        }
        talker.read_until(begun + BETWEEN, |line| {
            hear(line);
            false
        });
    }
    typed
}

/// Types for a while.
pub fn type_for(talker: &mut Talker, time: Duration, patience: Duration) -> Typed {
    let goes_on = AtomicBool::new(true);
    thread::scope(|scope| {
        let typist = scope.spawn(|| type_while(talker, &goes_on, patience, |_| ()));
        thread::sleep(time);
        goes_on.store(false, SeqCst);
        typist.join().expect("a typist")
    })
}
