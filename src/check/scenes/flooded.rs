//! Step 6: a client that talks without a pause goes at the pace of those who listen, and costs nobody a connection. How
//! fast a client reads cannot be said in turns.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use super::stalled::{Playing, a_room_for_two, found, notice};
use crate::check::failure::{Failure, Outcome};
use crate::model::session::{ALICE, BOB};
use crate::model::verdict::Verdict;
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

/// So many bytes a second alice reads.
const SLOW: u64 = 1_000_000;
/// So long bob talks. A server that lets him is far ahead of alice by then.
const FLOOD: Duration = Duration::from_secs(1);
const PASSED: &str =
    "bob talks without a pause, alice reads 1 MB a second: she stays, and hears all that he hears";

/// What a client heard, and whether the server ended its connection.
struct Heard {
    bytes: Vec<u8>,
    is_ended: bool,
}

pub fn reads_slowly(stage: &mut Harness) -> Outcome {
    let play = a_room_for_two(stage, 2)?;
    let play = hears_the_flood(play)?;
    play.harness.observer.passed(PASSED, None);
    Ok(())
}

fn hears_the_flood<'s, 'a>(play: Playback<'s, 'a>) -> Playing<'s, 'a> {
    let left = notice(&play, BOB);
    for who in [ALICE, BOB] {
        play.harness.stop_reading(who); // Their threads: here, others read.
    }
    let streams = [ALICE, BOB].map(|who| play.harness.clients[who].stream());
    let [Some(alice), Some(bob)] = streams else {
        return Err(Failure::of(play));
    };
    let goes_on = AtomicBool::new(true);
    let patience = play.harness.patience;
    let (alices, bobs, was_cut) = thread::scope(|scope| {
        let alices = scope.spawn(|| listens(&alice, &goes_on, &left, patience));
        let bobs = scope.spawn(|| listens(&bob, &AtomicBool::new(false), &[], patience));
        let talker = scope.spawn(|| talks(&bob, &goes_on));
        let deadline = Instant::now() + FLOOD;
        let goes_well = || !alices.is_finished() && !talker.is_finished();
        while play.harness.has_time(deadline) && goes_well() {
            play.harness.wait_until(Instant::now() + FLOOD / 50);
        }
        goes_on.store(false, SeqCst);
        let was_cut = !talker.join().unwrap_or(true);
        (alices.join().ok(), bobs.join().ok(), was_cut)
    });
    let (Some(alices), Some(bobs)) = (alices, bobs) else {
        return Err(Failure::of(play));
    };
    if let Some(status) = play.harness.exit_status() {
        let mut failure = Failure::on(play.harness, Verdict::Exited(status));
        failure.action = "bob talks without a pause".to_string();
        return Err(Box::new(failure));
    }
    match what_is_wrong(&alices, &bobs, &left, was_cut) {
        Some((seen, cause)) => Err(found(
            &play,
            "bob talks without a pause, alice reads 1 MB a second,",
            seen,
            cause,
        )),
        None => Ok(play),
    }
}

type Wrong = (&'static str, (&'static str, &'static str));

fn what_is_wrong(alices: &Heard, bobs: &Heard, left: &[u8], was_cut: bool) -> Option<Wrong> {
    const LOOK_AT: &str = "what happens when a client that reads falls behind: the one that talks must wait, in its own reading thread; then TCP slows it down.";
    if alices.bytes == [&bobs.bytes, left].concat() {
        return None;
    }
    Some(if alices.is_ended {
        (
            "alice is disconnected",
            (
                "your server disconnects a client that reads, because somebody else talks too much.",
                LOOK_AT,
            ),
        )
    } else if was_cut {
        (
            "bob is disconnected",
            (
                "your server disconnects a client that talks too much, or makes it wait for ever.",
                LOOK_AT,
            ),
        )
    } else {
        (
            "alice does not hear what bob hears",
            (
                "your server does not say all of it to a client that reads slowly.",
                "the way of a line to a client that has fallen behind: it may wait, but it must come.",
            ),
        )
    })
}

/// Reads up to `last`, up to the end, or until nothing comes any more; slowly as long as `is_slow`.
fn listens(mut stream: &TcpStream, is_slow: &AtomicBool, last: &[u8], patience: Duration) -> Heard {
    let mut heard = Heard {
        bytes: Vec::new(),
        is_ended: false,
    };
    let (begun, mut buffer) = (Instant::now(), vec![0; 1 << 14]);
    let _ = stream.set_read_timeout(Some(patience));
    while last.is_empty() || !heard.bytes.ends_with(last) {
        if is_slow.load(SeqCst) {
            let expected = Duration::from_micros(heard.bytes.len() as u64 * 1_000_000 / SLOW);
            thread::sleep(expected.saturating_sub(begun.elapsed()));
        }
        match stream.read(&mut buffer) {
            Ok(length @ 1..) => heard.bytes.extend(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            end => {
                let is_late = |kind| matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut);
                heard.is_ended = !end.is_err_and(|error| is_late(error.kind()));
                break;
            }
        }
    }
    heard
}

/// Talks as long as it `goes_on`, and says then that this was all. False if nobody takes it any more.
fn talks(mut stream: &TcpStream, goes_on: &AtomicBool) -> bool {
    let lines: String = (0..64).map(|number| format!("{number:01000}\n")).collect();
    while goes_on.load(SeqCst) {
        if stream.write_all(lines.as_bytes()).is_err() {
            return false;
        }
    }
    stream.shutdown(Shutdown::Write).is_ok()
}
