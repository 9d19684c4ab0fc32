//! Step 6: what several clients do at the same moment.

use std::collections::HashMap;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use super::causes::{SAME_NAME_AT_ONCE, STOPS_WHEN_AT_ONCE};
use super::finding::{Finding, Problem, measured, passed};
use super::load::{Talker, no_answer};
use super::room::{room, run, turns};
use crate::model::contract::NAMES;
use crate::runner::harness::Harness;

/// How long several do something at the same moment, again and again.
const A_WHILE: Duration = Duration::from_millis(400);

/// Four take turns with one name, as fast as they can. All receive the changes in
/// one order: by that, never two of them have it.
pub fn same_name(harness: &mut Harness) -> Finding {
    one_after_the_other(
        harness,
        "alice says /nick Sam; bob says /nick Sam; alice leaves; bob leaves",
    )?;
    let mut all = join_all(harness, &["alice", "bob", "carol", "dave"])?;
    let texts =
        ["Alice", "Bob", "Carol", "Dave"].map(|own| format!("/nick Sam\n/nick {own}\n").repeat(10));
    let heard = say_at_once(&mut all, &texts, harness.patience);
    if heard.iter().any(|heard| has_two_of_a_name(&heard.lines)) {
        let action = "four ask for one name at the same moment,";
        let seen = "two of them have it".to_string();
        return Err(measured(harness, action, seen, SAME_NAME_AT_ONCE));
    }
    if !heard.iter().all(|heard| heard.is_complete) {
        let action = "four ask for one name at the same moment, again and again,";
        return Err(stops(harness, action));
    }
    Ok(passed(
        "four ask for one name at the same moment, again and again: one of them has it",
    ))
}

/// Each renames itself, talks and asks who is here. A server whose threads lock one thing after the
/// other, but not in one order, stops.
pub fn all_at_once(harness: &mut Harness) -> Finding {
    one_after_the_other(
        harness,
        "alice says /nick Alice; bob says /nick Bob; alice says hello; bob says hello
         alice says /who; bob says /who; alice leaves; bob leaves",
    )?;
    let mut all = join_all(harness, &["alice", "bob", "carol"])?;
    let texts = ["Alice", "Bob", "Carol"].map(|name| {
        let cycle = format!("/nick {name}-1\nhello\n/who\n/nick {name}-2\n/who\nhello\n");
        cycle.repeat(5)
    });
    let heard = say_at_once(&mut all, &texts, harness.patience);
    if !heard.iter().all(|heard| heard.is_complete) {
        let action = "three rename themselves, talk and ask for /who at the same time,";
        return Err(stops(harness, action));
    }
    Ok(passed(
        "three rename themselves, talk and ask for /who at the same time: all are answered",
    ))
}

/// The control.
fn one_after_the_other(harness: &mut Harness, script: &str) -> Result<(), Problem> {
    let playback = room(harness, NAMES, 2, 2)?;
    run(playback, &turns(script)).map(|_| ())
}

fn join_all(harness: &mut Harness, names: &[&str]) -> Result<Vec<Talker>, Problem> {
    let all = names.iter().map(|who| Talker::join(harness, who));
    all.collect()
}

/// A client waits for an answer. Does one that connects now get one?
fn stops(harness: &mut Harness, action: &str) -> Problem {
    let is_stopped = Talker::join(harness, "erin").is_err();
    if harness.exit_status().is_some() || !is_stopped {
        return no_answer(harness, &format!("{action} one of them waits"));
    }
    let seen = "then no client is answered any more, as they were one after the other".to_string();
    measured(harness, action, seen, STOPS_WHEN_AT_ONCE)
}

/// By what a client has received, whether one gets a name that another has just then.
fn has_two_of_a_name(received: &[Vec<u8>]) -> bool {
    let mut holders = HashMap::<&[u8], usize>::new();
    received
        .iter()
        .filter_map(|line| change(line))
        .any(|(old, new)| {
            *holders.entry(old).or_insert(1) -= 1;
            let holders = holders.entry(new).or_default();
            *holders += 1;
            *holders > 1
        })
}

/// The old and the new name in a notice.
fn change(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const IS_NOW: &[u8] = b" is now ";
    let at = line.windows(IS_NOW.len()).position(|part| part == IS_NOW)?;
    Some((&line[..at], line[at + IS_NOW.len()..].trim_ascii_end()))
}

/// What a client has received, and whether the last line of each is in it.
struct Heard {
    lines: Vec<Vec<u8>>,
    is_complete: bool,
}

/// All send their texts again and again for a while, each as fast as it is answered. At the end
/// each reads up to the last words of all, or until it receives nothing for too long.
fn say_at_once(all: &mut [Talker], texts: &[String], patience: Duration) -> Vec<Heard> {
    let number = all.len();
    let end = Instant::now() + A_WHILE;
    thread::scope(|scope| {
        let both = all.iter_mut().zip(texts).enumerate();
        let talkers = both.map(|(who, (talker, text))| {
            scope.spawn(move || {
                let mut heard = Heard {
                    lines: Vec::new(),
                    is_complete: true,
                };
                let mut rounds = 0;
                while Instant::now() < end && heard.is_complete {
                    rounds += 1;
                    talker.send(&format!("{text}{rounds} of {who}\n"));
                    let own = format!(" says: {rounds} of {who}\n").into_bytes();
                    heard.listen(talker, 1, patience, |line| line.ends_with(&own));
                }
                talker.send(&format!("that is all of {who}\n"));
                let is_last = |line: &[u8]| line.windows(LAST.len()).any(|part| part == LAST);
                let number = number - heard.lines.iter().filter(|line| is_last(line)).count();
                if heard.is_complete {
                    heard.listen(talker, number, patience, is_last);
                }
                heard
            })
        });
        let talkers: Vec<_> = talkers.collect();
        let join = |talker: ScopedJoinHandle<Heard>| talker.join().expect("a talker");
        talkers.into_iter().map(join).collect()
    })
}

/// The beginning of a last word.
const LAST: &[u8] = b" says: that is all of ";

impl Heard {
    /// Reads up to so many lines that count.
    fn listen(
        &mut self,
        talker: &mut Talker,
        number: usize,
        patience: Duration,
        counts: impl Fn(&[u8]) -> bool,
    ) {
        let (mut missing, mut received_at) = (number, Instant::now());
        while missing > 0 && received_at.elapsed() < patience {
            match talker.next_line() {
                Ok(Some(line)) => {
                    received_at = Instant::now();
                    missing -= usize::from(counts(&line));
                    self.lines.push(line);
                }
                Ok(None) => {}
                Err(_) => break,
            }
        }
        self.is_complete = missing == 0;
    }
}
