//! Step 8: a client that types notices nothing of those that talk without a pause, and one that
//! reads slowly stays.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use super::causes::{
    CUTS_THE_READER, CUTS_THE_TALKER, CUTS_WHO_ASKS, LEAVES_OUT_THE_SLOW, TYPIST_WAITS,
    TYPIST_WAITS_FOR_ANSWERS, WAITS_FOR_THE_STALLED,
};
use super::finding::{Finding, Problem, measured, passed};
use super::load::{Talker, Typed, empty_room, no_answer, type_for, type_while};
use crate::model::advice::Advice;
use crate::model::contract::NAMES;
use crate::runner::harness::Harness;

/// People notice no shorter wait.
const NOTICED: Duration = Duration::from_millis(100);
/// How long alice types. On a busy machine one such time is no evidence, so there are some.
const TYPES: Duration = Duration::from_millis(700);
const TIMES: usize = 3;

pub fn beside_four(harness: &mut Harness) -> Finding {
    empty_room(harness, NAMES)?;
    let mut alice = Talker::join(harness, "alice")?;
    let alone = type_alone(harness, &mut alice)?;
    let flooders = join_all(harness, 4)?;
    let text = format!("{:04000}\n", 0).repeat(16);
    let patience = harness.patience;
    let (typed, is_cut) = flood(&flooders, &text, || type_until_prompt(&mut alice, patience));
    let action = "four talk without a pause in lines of 4000 bytes,";
    if is_cut {
        let seen = "one of them is disconnected".to_string();
        return Err(measured(harness, action, seen, CUTS_THE_TALKER));
    }
    is_prompt(harness, action, &typed, &alone, TYPIST_WAITS)?;
    Ok(passed(
        "four talk without a pause in lines of 4000 bytes: alice types, and waits for nothing",
    ))
}

/// An answer is longer than its question: it is the answers that would pile up.
pub fn beside_questions(harness: &mut Harness) -> Finding {
    const HERE: usize = 60;
    empty_room(harness, NAMES)?;
    let mut alice = Talker::join(harness, "alice")?;
    let _others = join_all(harness, HERE)?;
    let alone = type_alone(harness, &mut alice)?;
    let bob = [Talker::join(harness, "bob")?];
    let patience = harness.patience;
    let text = "/who\n".repeat(100);
    let (typed, is_cut) = flood(&bob, &text, || type_until_prompt(&mut alice, patience));
    let action = "bob asks for /who without a pause, and reads the answers,";
    if is_cut {
        let seen = "he is disconnected".to_string();
        return Err(measured(harness, action, seen, CUTS_WHO_ASKS));
    }
    is_prompt(harness, action, &typed, &alone, TYPIST_WAITS_FOR_ANSWERS)?;
    Ok(passed(
        "bob asks for /who without a pause: he stays, and alice types, and waits for nothing",
    ))
}

fn join_all(harness: &mut Harness, number: usize) -> Result<Vec<Talker>, Problem> {
    let all = (1..=number).map(|number| Talker::join(harness, &format!("client {number}")));
    all.collect()
}

/// The control.
fn type_alone(harness: &mut Harness, alice: &mut Talker) -> Result<Typed, Problem> {
    let typed = type_for(alice, TYPES / 4, harness.patience);
    if typed.is_unanswered {
        return Err(no_answer(harness, "alice says a line"));
    }
    Ok(typed)
}

/// Types until it is prompt, or has been slow often enough.
fn type_until_prompt(alice: &mut Talker, patience: Duration) -> Typed {
    let mut times = (0..TIMES).map(|_| type_for(alice, TYPES, patience));
    let mut typed = times.next().unwrap_or_default();
    for next in times {
        if typed.median() < NOTICED || typed.is_unanswered {
            break;
        }
        typed = next;
    }
    typed
}

fn is_prompt(
    harness: &Harness,
    action: &str,
    typed: &Typed,
    alone: &Typed,
    advice: Advice,
) -> Result<(), Problem> {
    let (median, before) = (typed.median(), alone.median());
    if typed.is_unanswered {
        let seen = format!(
            "alice, who types, never gets her last line back; before they began, each took {} ms",
            before.as_millis()
        );
        return Err(measured(harness, action, seen, advice));
    }
    if median < NOTICED || median < before * 4 {
        return Ok(());
    }
    let seen = format!(
        "alice, who types, waits {} ms for her words, and before they began {} ms",
        median.as_millis(),
        before.as_millis()
    );
    Err(measured(harness, action, seen, advice))
}

/// Some say the same without a pause, and read all that comes, while something is done. Returns
/// whether one of them was disconnected meanwhile.
fn flood<T>(flooders: &[Talker], text: &str, work: impl FnOnce() -> T) -> (T, bool) {
    let (is_over, is_cut) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        for flooder in flooders {
            scope.spawn(|| flooder.flood(text));
            scope.spawn(|| {
                flooder.drain();
                is_cut.fetch_or(!is_over.load(SeqCst), SeqCst);
            });
        }
        let done = work();
        is_over.store(true, SeqCst);
        flooders.iter().for_each(Talker::hang_up);
        (done, is_cut.load(SeqCst))
    })
}

/// How long bob talks: a server that takes a slow reader for one that reads nothing has let it go.
const LONG_FLOOD: Duration = Duration::from_millis(4500);
/// How many bytes a second carol and dave read.
const SPEEDS: [(&str, u64); 2] = [("carol", 100_000), ("dave", 50_000)];
/// What bob's lines look like.
const NUMBERED: usize = 1000;

pub fn slow_readers(harness: &mut Harness) -> Finding {
    empty_room(harness, NAMES)?;
    let mut alice = Talker::join(harness, "alice")?;
    let alone = type_alone(harness, &mut alice)?;
    let mut slow = Vec::new();
    for (name, speed) in SPEEDS {
        slow.push((name, speed, Talker::join(harness, name)?));
    }
    let bob = Talker::join(harness, "bob")?;
    let (is_slow, patience) = (AtomicBool::new(true), harness.patience);
    let (typed, readings) = thread::scope(|scope| {
        let readers = slow.iter_mut().map(|(name, speed, talker)| {
            let (name, speed, is_slow) = (*name, *speed, &is_slow);
            scope.spawn(move || (name, speed, read_slowly(talker, speed, is_slow, patience)))
        });
        let readers: Vec<_> = readers.collect();
        scope.spawn(|| bob.drain());
        let alices = scope.spawn(|| {
            let typed = type_while(&mut alice, &is_slow, patience, |_| ());
            alice.send(&format!("{THE_END}\n"));
            typed
        });
        scope.spawn(|| {
            let mut lines = (0..).map(|number| format!("{number:0NUMBERED$}\n"));
            lines.find(|line| !is_slow.load(SeqCst) || !bob.send(line))
        });
        let end = Instant::now() + LONG_FLOOD;
        while harness.has_time(end) && !readers.iter().any(ScopedJoinHandle::is_finished) {
            harness.wait_until(Instant::now() + LONG_FLOOD / 50);
        }
        is_slow.store(false, SeqCst);
        let typed = alices.join().expect("a typist");
        let readings: Vec<_> = readers
            .into_iter()
            .map(|reader| reader.join().expect("a reader"))
            .collect();
        bob.hang_up();
        (typed, readings)
    });
    for (name, speed, reading) in readings {
        let advice = match reading {
            Reading::Whole => continue,
            Reading::Ended => ("is disconnected", CUTS_THE_READER),
            Reading::Gap => ("misses some of his lines", LEAVES_OUT_THE_SLOW),
            Reading::Silent => {
                let action = format!("bob talks without a pause, {name} reads slowly, then fast");
                return Err(no_answer(harness, &action));
            }
        };
        let (seen, advice) = advice;
        let speed = speed / 1000;
        let action = format!("bob talks without a pause, {name} reads {speed} kB a second,");
        return Err(measured(harness, &action, format!("{name} {seen}"), advice));
    }
    let action = "bob talks without a pause, carol and dave read slowly,";
    is_prompt(harness, action, &typed, &alone, TYPIST_WAITS)?;
    Ok(passed(
        "bob talks without a pause, carol reads 100 kB a second and dave 50: both stay, and alice, \
         who types, waits for nothing",
    ))
}

const THE_END: &str = "that is all";

#[derive(Debug)]
enum Reading {
    /// Up to the end, and each of bob's lines after the one before.
    Whole,
    Gap,
    Ended,
    Silent,
}

/// Reads so many bytes a second as long as it is to be slow, then as fast as it can, up to the end.
fn read_slowly(
    talker: &mut Talker,
    speed: u64,
    is_slow: &AtomicBool,
    patience: Duration,
) -> Reading {
    let (begun, mut length, mut next) = (Instant::now(), 0, 0);
    let mut received_at = begun;
    loop {
        let due = Duration::from_micros(length * 1_000_000 / speed);
        while is_slow.load(SeqCst) && begun.elapsed() < due {
            thread::sleep(Duration::from_millis(5));
            received_at = Instant::now();
        }
        let line = match talker.next_line() {
            Ok(Some(line)) => line,
            Ok(None) if received_at.elapsed() < patience => continue,
            Ok(None) => return Reading::Silent,
            Err(_) => return Reading::Ended,
        };
        received_at = Instant::now();
        length += line.len() as u64;
        match number(&line) {
            Some(number) if number != next => return Reading::Gap,
            Some(_) => next += 1,
            None if line.ends_with(format!(" says: {THE_END}\n").as_bytes()) => {
                return Reading::Whole;
            }
            None => {}
        }
    }
}

/// The number of one of bob's lines.
fn number(line: &[u8]) -> Option<u64> {
    let digits = line.strip_suffix(b"\n")?;
    let digits = digits.get(digits.len().checked_sub(NUMBERED)?..)?;
    std::str::from_utf8(&digits[NUMBERED - 19..])
        .ok()?
        .parse()
        .ok()
}

/// A client that has read nothing for five seconds is waited for no more. We look a little later,
/// and again until the second: on a busy machine her connection is full only after a while.
const STALL: Duration = Duration::from_secs(7);
const LONGEST_STALL: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(500);
/// A flood at the pace of people brings 16 KiB a second. Any other, on any machine, more than this.
const AT_SPEED: u64 = 200_000;

pub fn beside_the_stalled(harness: &mut Harness) -> Finding {
    empty_room(harness, NAMES)?;
    let mut alice = Talker::join(harness, "alice")?;
    let alone = type_alone(harness, &mut alice)?;
    let bob = Talker::join(harness, "bob")?;
    let carol = Talker::join(harness, "carol")?;
    let (goes_on, received, patience) =
        (AtomicBool::new(true), AtomicU64::new(0), harness.patience);
    let text = format!("{:01000}\n", 0).repeat(16);
    let rate = |harness: &mut Harness, time: Duration| {
        harness.wait_until(Instant::now() + time);
        let before = received.load(SeqCst);
        harness.wait_until(Instant::now() + LOOK);
        (received.load(SeqCst) - before) * 2
    };
    let (typed, stalled, gone) = thread::scope(|scope| {
        scope.spawn(|| bob.flood(&text));
        scope.spawn(|| bob.count(&received));
        let typist = scope.spawn(|| type_while(&mut alice, &goes_on, patience, |_| ()));
        let begun = Instant::now();
        let mut stalled = rate(harness, STALL);
        while stalled < AT_SPEED && begun.elapsed() < LONGEST_STALL {
            stalled = rate(harness, LOOK);
        }
        carol.hang_up();
        // The control, if it is needed. Alice reads meanwhile, or she would be the stalled one.
        let gone = if stalled < AT_SPEED {
            rate(harness, LOOK)
        } else {
            0
        };
        goes_on.store(false, SeqCst);
        let typed = typist.join().unwrap_or_default();
        bob.hang_up();
        (typed, stalled, gone)
    });
    let action = "bob talks without a pause, carol reads nothing,";
    is_prompt(harness, action, &typed, &alone, WAITS_FOR_THE_STALLED)?;
    if stalled < AT_SPEED && gone > stalled * 4 {
        let seen = format!(
            "after {} s he still waits for her: {} kB a second, and {} once she has left",
            LONGEST_STALL.as_secs(),
            stalled / 1000,
            gone / 1000
        );
        return Err(measured(harness, action, seen, WAITS_FOR_THE_STALLED));
    }
    Ok(passed(
        "bob talks without a pause, carol reads nothing: after some seconds he waits for her no \
         more, and alice, who types, never does",
    ))
}
