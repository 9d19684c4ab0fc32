//! Step 8: a client that talks without a pause is throttled to the pace of those that read, and
//! nobody is disconnected.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use super::causes::{CUTS_THE_READER, CUTS_THE_TALKER, LEAVES_OUT_THE_SLOW};
use super::finding::{Finding, differs, failed, observed, passed};
use super::flood::record_all_received;
use super::room::left_notice;
use super::scene::{Scene, Script::Code};
use super::stalled::room_for_two;
use super::typist;
use crate::model::advice::Advice;
use crate::model::session::{ALICE, BOB};
use crate::model::verdict::Verdict;
use crate::runner::events::EventKind;
use crate::runner::harness::Harness;

pub const SCENES: &[Scene] = &[
    Scene::new("somebody talks without a pause", 0)
        .draw(
            &["alice", "bob"],
            "Bob talks without a pause, and Alice gets all of it",
            (
                CUTS_THE_READER.id,
                "Bob talks without a pause, and Alice is disconnected",
            ),
        )
        .script(Code(reads_slowly)),
    Scene::new("a client types beside four that talk without a pause", 0)
        .script(Code(typist::beside_four)),
    Scene::new("a client asks without a pause", 0).script(Code(typist::beside_questions)),
    Scene::new("slow readers", 0)
        .takes_long()
        .script(Code(typist::slow_readers)),
    Scene::new("a client reads nothing meanwhile", 0)
        .takes_long()
        .script(Code(typist::beside_the_stalled)),
];

/// How many bytes a second alice reads.
const SLOW: u64 = 1_000_000;
/// How long bob talks: a server that does not throttle him is then far ahead of alice.
const FLOOD: Duration = Duration::from_secs(1);

/// What the clients received.
struct Received {
    alice: Reading,
    bob: Reading,
    /// Whether the server took everything bob wrote.
    is_all_taken: bool,
}

struct Reading {
    bytes: Vec<u8>,
    is_ended: bool,
}

fn reads_slowly(harness: &mut Harness) -> Finding {
    let playback = room_for_two(harness, 2)?;
    let left = left_notice(&playback, BOB);
    for who in [ALICE, BOB] {
        playback.harness.stop_reading(who); // Their usual readers: this scene has its own.
    }
    let streams = [ALICE, BOB].map(|who| playback.harness.clients[who].stream());
    let [Some(alice), Some(bob)] = streams else {
        return Err(differs(playback));
    };
    playback.harness.note(ALICE, "reads 1 MB a second");
    playback.harness.note(BOB, "talks without a pause");
    let received = flood(playback.harness, &alice, &bob, &left);
    received.record(playback.harness);
    if let Some(status) = playback.harness.exit_status() {
        let action = "bob talks without a pause";
        let failure = failed(playback.harness, action, Verdict::Exited(status));
        return Err(failure.into());
    }
    if let Some((seen, advice)) = received.problem(&left) {
        let action = "bob talks without a pause, alice reads 1 MB a second,";
        return Err(observed(playback.harness, action, seen, advice));
    }
    Ok(passed(
        "bob talks without a pause, alice reads 1 MB a second: she stays, \
         and hears all that he hears",
    ))
}

/// Bob talks and reads, alice reads slowly, until bob half-closes.
fn flood(harness: &mut Harness, alice: &TcpStream, bob: &TcpStream, left: &[u8]) -> Received {
    let (keep_talking, patience) = (AtomicBool::new(true), harness.patience);
    thread::scope(|scope| {
        let alice = scope.spawn(|| read_up_to(left, alice, &keep_talking, patience));
        let bobs = scope.spawn(|| read_up_to(&[], bob, &AtomicBool::new(false), patience));
        let talker = scope.spawn(|| talk(bob, &keep_talking));
        let deadline = Instant::now() + FLOOD;
        while harness.has_time(deadline) && !alice.is_finished() && !talker.is_finished() {
            harness.wait_until(Instant::now() + FLOOD / 50);
        }
        keep_talking.store(false, SeqCst);
        let is_all_taken = talker.join().expect("a talker");
        let [alice, bob] = [alice, bobs].map(|reader| reader.join().expect("a reader"));
        Received {
            alice,
            bob,
            is_all_taken,
        }
    })
}

impl Received {
    /// For the picture.
    fn record(&self, harness: &mut Harness) {
        for (who, reading) in [(ALICE, &self.alice), (BOB, &self.bob)] {
            let is_all = reading.bytes.starts_with(&self.bob.bytes);
            if is_all {
                record_all_received(harness, &[who]);
            } else if reading.is_ended {
                harness.record(Instant::now(), Some(who), EventKind::Disconnected);
            }
        }
    }

    fn problem(&self, left: &[u8]) -> Option<(&'static str, Advice)> {
        if self.alice.bytes == [&self.bob.bytes, left].concat() {
            return None;
        }
        Some(if self.alice.is_ended {
            ("alice is disconnected", CUTS_THE_READER)
        } else if !self.is_all_taken {
            ("bob is disconnected", CUTS_THE_TALKER)
        } else {
            ("alice does not hear what bob hears", LEAVES_OUT_THE_SLOW)
        })
    }
}

/// Reads up to `last`, up to the end, or until nothing comes any more; slowly as long as `is_slow`.
fn read_up_to(
    last: &[u8],
    mut stream: &TcpStream,
    is_slow: &AtomicBool,
    patience: Duration,
) -> Reading {
    let mut reading = Reading {
        bytes: Vec::new(),
        is_ended: false,
    };
    let (begun, mut buffer) = (Instant::now(), vec![0; 1 << 14]);
    let _ = stream.set_read_timeout(Some(patience));
    while last.is_empty() || !reading.bytes.ends_with(last) {
        if is_slow.load(SeqCst) {
            let due = Duration::from_micros(reading.bytes.len() as u64 * 1_000_000 / SLOW);
            thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        match stream.read(&mut buffer) {
            Ok(length @ 1..) => reading.bytes.extend(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            end => {
                let is_late = |kind| matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut);
                reading.is_ended = !end.is_err_and(|error| is_late(error.kind()));
                break;
            }
        }
    }
    reading
}

/// Talks while `keep_talking`, then half-closes. False if the server stops reading.
fn talk(mut stream: &TcpStream, keep_talking: &AtomicBool) -> bool {
    let lines: String = (0..64).map(|number| format!("{number:01000}\n")).collect();
    while keep_talking.load(SeqCst) {
        if stream.write_all(lines.as_bytes()).is_err() {
            return false;
        }
    }
    stream.shutdown(Shutdown::Write).is_ok()
}
