//! Floods: alice says long lines until the server itself must keep some of them for a client that
//! does not read.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};
use std::{io, io::Write, iter, mem};

use super::causes::{ALWAYS_SLOW, FREEZES, SLOWED_DOWN};
use super::finding::{Observation, Playing, Problem, failure_of, observed};
use super::room::left_notice;
use crate::check::failure::Failure;
use crate::model::advice::Advice;
use crate::model::contract::ClientId;
use crate::model::matching::lines;
use crate::model::session::{ALICE, BOB, NAMES, sends};
use crate::model::verdict::Verdict;
use crate::runner::events::EventKind;
use crate::runner::harness::Harness;
use crate::runner::playback::{LONG_LINES, Playback};

/// The bytes in a long line: many of them fill whatever there is to be filled.
pub const LONG_LINE: usize = 4000;
/// How many are said at once: few, since a client that reads may fall no further behind.
const BURST: usize = 4;
/// A server may hold others back for a moment while it waits whether a client reads, and a busy
/// machine is slow. But so many bursts in a row that take so long are on purpose.
const SLOW_BURST: Duration = Duration::from_millis(200);
const MOST_SLOW_BURSTS: usize = 10;
/// The same while the operating system still takes something for the stalled client.
const MOST_IN_A_ROW: usize = 25;
/// More long lines than any operating system keeps for a client that does not read: 16 MB.
const LINES_LIMIT: usize = 4000;

/// Floods until so many long lines wait for a client in the server itself.
pub fn flood_until_waiting<'s, 'a>(
    mut play: Playback<'s, 'a>,
    stalled: ClientId,
    more: usize,
) -> Playing<'s, 'a> {
    allow_to_leave(&mut play, stalled);
    let said = EventKind::Said("long lines, many of them".to_string());
    play.harness.record(Instant::now(), Some(ALICE), said);
    let mut flood = Flood::until_waiting(&play, stalled, more);
    while !flood.is_enough(&mut play) {
        play = flood.burst(play)?;
    }
    let kept = flood.lines.saturating_sub(more);
    play.harness.long_lines_kept.store(kept, SeqCst);
    record_all_received(play.harness, &[ALICE, BOB]);
    play.harness.pause();
    Ok(play)
}

/// The client that reads nothing may be disconnected at any time: that is no part of the talk.
pub fn allow_to_leave(play: &mut Playback, who: ClientId) {
    let notice = left_notice(play, who);
    play.contract.unheard.push(notice);
}

/// Shows in a word what these clients have received meanwhile.
pub fn record_all_received(harness: &mut Harness, all: &[ClientId]) {
    for who in all {
        harness.clients[*who].is_muted = false;
        let all_of_it = EventKind::Heard("all of it".to_string());
        harness.record(Instant::now(), Some(*who), all_of_it);
    }
}

/// How far a flood has come.
pub struct Flood {
    stalled: ClientId,
    /// How many bytes are to wait in the server.
    enough: usize,
    /// The length of a line as others receive it, and how many there were.
    length: usize,
    lines: usize,
    next_look: usize,
    /// How many of the last bursts were slow although the stalled client took nothing.
    slow_bursts: usize,
    in_a_row: usize,
    /// What the operating system kept for it at the last look.
    kept: Option<usize>,
}

impl Flood {
    pub fn until_waiting(play: &Playback, stalled: ClientId, more: usize) -> Flood {
        let length = long_line(0).len() + play.contract.name(ALICE).len() + " says: ".len();
        Flood {
            stalled,
            enough: more * length,
            length,
            lines: 0,
            // The operating system keeps about as much as it did the last time.
            next_look: more + play.harness.long_lines_kept.load(SeqCst) * 9 / 10,
            slow_bursts: 0,
            in_a_row: 0,
            kept: None,
        }
    }

    /// Alice says some long lines in one packet; alice and bob must receive each.
    pub fn burst<'s, 'a>(&mut self, mut play: Playback<'s, 'a>) -> Playing<'s, 'a> {
        let begun = Instant::now();
        let text: String = (self.lines..self.lines + BURST).map(long_line).collect();
        self.lines += BURST;
        play.harness.display.is_muted = true;
        let is_right = play.turn(&sends(ALICE, text));
        play.harness.display.is_muted = false;
        if !is_right {
            return Err(why_it_stops(play));
        }
        match self.too_slow(&play, begun.elapsed() > SLOW_BURST) {
            Some((seen, advice)) => {
                let limit = SLOW_BURST.as_millis();
                let seen = format!("waits more than {limit} ms for every four of them, {seen}");
                Err(observed(
                    play.harness,
                    "alice says long lines",
                    seen,
                    advice,
                ))
            }
            None => Ok(play),
        }
    }

    /// While the stalled client takes something, whoever talks may be held back.
    fn too_slow(&mut self, play: &Playback, is_slow: bool) -> Option<(String, Advice)> {
        let count = |bursts: usize, is_slow: bool| if is_slow { bursts + 1 } else { 0 };
        self.in_a_row = count(self.in_a_row, is_slow);
        if self.in_a_row > MOST_IN_A_ROW {
            return Some((format!("{MOST_IN_A_ROW} times in a row"), ALWAYS_SLOW));
        }
        let is_held = is_slow && self.takes_nothing(play);
        self.slow_bursts = count(self.slow_bursts, is_held);
        (self.slow_bursts > MOST_SLOW_BURSTS)
            .then(|| ("while somebody reads nothing".to_string(), SLOWED_DOWN))
    }

    /// Whether the operating system keeps as much for the stalled client as at the last look.
    fn takes_nothing(&mut self, play: &Playback) -> bool {
        let kept = play.harness.bytes_in_transit(self.stalled);
        kept.is_some() && kept == mem::replace(&mut self.kept, kept)
    }

    /// Whether so much waits. To find out takes a while, so we look again when as much has been
    /// said as was missing.
    pub fn is_enough(&mut self, play: &mut Playback) -> bool {
        if self.lines < self.next_look {
            return false;
        }
        let mut missing = self.missing(play.harness);
        if missing == 0 {
            play.harness.wait_until_idle(); // It may be just about to write some more.
            missing = self.missing(play.harness);
        }
        self.next_look = self.lines + (missing / self.length).max(4 * BURST);
        // Where the operating system does not say, it must be more than any keeps.
        let most_kept = if cfg!(target_os = "linux") {
            0
        } else {
            lines_in_transit()
        };
        missing == 0 && self.lines >= most_kept || self.lines >= LINES_LIMIT
    }

    fn missing(&self, harness: &Harness) -> usize {
        let kept = harness.bytes_in_transit(self.stalled).unwrap_or(0);
        (self.enough + kept).saturating_sub(self.lines * self.length)
    }
}

/// Nobody receives anything any more. The control: do they when the stalled client reads?
fn why_it_stops(mut play: Playback) -> Problem {
    let silence = play
        .divergence
        .as_ref()
        .and_then(|divergence| match divergence.verdict {
            Verdict::Silent { patience, .. } => Some(patience),
            _ => None,
        });
    let (Some(silence), Some(stalled)) = (silence, play.stalled.first().copied()) else {
        return flood_failure(play).into();
    };
    let word = format!("{} says: hello?\n", play.contract.name(BOB)).into_bytes();
    let patience = play.harness.patience;
    play.harness.send(BOB, b"hello?\n");
    let received = |harness: &Harness| lines(&harness.clients[BOB].unread).any(|line| line == word);
    if play.harness.wait_for(Instant::now() + patience, received) {
        return flood_failure(play).into();
    }
    let expected = Some(play.harness.masked(&word));
    let nothing = EventKind::HeardNothing(patience);
    play.harness
        .record_expecting(Instant::now(), Some(BOB), nothing, expected);
    for who in [ALICE, BOB] {
        play.harness.clients[who].is_muted = true;
    }
    play.read_again(stalled);
    let came = play.harness.wait_for(Instant::now() + patience, received);
    record_all_received(play.harness, &[ALICE, BOB]);
    let mut failure = flood_failure(play);
    if came {
        let stalled = NAMES[stalled];
        failure.observations.push(format!(
            "bob said \"hello?\", and nothing came; then {stalled} read, and it came at once"
        ));
    }
    let silence = silence.as_secs_f32();
    let seen = format!("hears nothing for {silence} s, where {LONG_LINES} were expected");
    Observation {
        failure,
        seen,
        advice: FREEZES,
        control: Some(came),
    }
    .into()
}

fn flood_failure(play: Playback) -> Box<Failure> {
    let mut failure = failure_of(play);
    failure.action = "alice says long lines".to_string();
    failure
}

/// A line that takes a page of memory, and differs from all others.
fn long_line(number: usize) -> String {
    format!("{number:06} {}\n", "x".repeat(LONG_LINE - 7))
}

/// How many long lines the operating system keeps on its own for a client that does not read. A
/// connection to ourselves shows it: no two systems, and no two settings of one, are alike.
fn lines_in_transit() -> usize {
    let full = Some(Duration::from_millis(100));
    let count = || -> io::Result<usize> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let _reader = TcpStream::connect(listener.local_addr()?)?;
        let (mut writer, _) = listener.accept()?;
        writer.set_nodelay(true)?;
        writer.set_write_timeout(full)?;
        let lines = iter::repeat_with(|| writer.write_all(&[b'x'; LONG_LINE]));
        Ok(lines.take(LINES_LIMIT).take_while(Result::is_ok).count())
    };
    count().unwrap_or(1024)
}
