//! Floods: alice says long lines until the server itself must buffer some of them for a client that
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

/// The bytes of a long line: many of them fill any buffer.
pub const LONG_LINE: usize = 4000;
/// Lines sent at once: few, so that a client that reads does not fall behind.
const BURST: usize = 4;
/// A server may hold others back briefly to see whether a client reads, and a busy machine is slow.
/// But this many slow bursts in a row are deliberate.
const SLOW_BURST: Duration = Duration::from_millis(200);
const MOST_SLOW_BURSTS: usize = 10;
/// The same while the operating system still accepts data for the stalled client.
const MOST_IN_A_ROW: usize = 25;
/// More long lines than any operating system buffers for a client that does not read: 16 MB.
const LINES_LIMIT: usize = 4000;

/// Floods until this many long lines wait in the server itself.
pub fn flood_until_waiting<'s, 'a>(
    mut playback: Playback<'s, 'a>,
    stalled: ClientId,
    more: usize,
) -> Playing<'s, 'a> {
    allow_disconnect(&mut playback, stalled);
    let said = EventKind::Said("long lines, many of them".to_string());
    playback.harness.record(Instant::now(), Some(ALICE), said);
    let mut flood = Flood::until_waiting(&playback, stalled, more);
    while !flood.is_enough(&mut playback) {
        playback = flood.burst(playback)?;
    }
    let kept = flood.lines.saturating_sub(more);
    playback.harness.long_lines_kept.store(kept, SeqCst);
    record_all_received(playback.harness, &[ALICE, BOB]);
    playback.harness.pause();
    Ok(playback)
}

/// The client that does not read may be disconnected at any time: its notice may come or not.
pub fn allow_disconnect(playback: &mut Playback, who: ClientId) {
    let notice = left_notice(playback, who);
    playback.contract.unheard.push(notice);
}

/// Records in a word what these clients have received meanwhile.
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
    /// How many bytes should wait in the server.
    enough: usize,
    /// The length of a line as others receive it, and how many there were.
    length: usize,
    lines: usize,
    next_look: usize,
    /// How many of the last bursts were slow while the stalled client took nothing.
    slow_bursts: usize,
    in_a_row: usize,
    /// What the operating system buffered for it at the last look.
    kept: Option<usize>,
}

impl Flood {
    pub fn until_waiting(playback: &Playback, stalled: ClientId, more: usize) -> Flood {
        let length = long_line(0).len() + playback.contract.name(ALICE).len() + " says: ".len();
        Flood {
            stalled,
            enough: more * length,
            length,
            lines: 0,
            // The operating system buffers about as much as the last time.
            next_look: more + playback.harness.long_lines_kept.load(SeqCst) * 9 / 10,
            slow_bursts: 0,
            in_a_row: 0,
            kept: None,
        }
    }

    /// Alice sends some long lines in one packet; alice and bob must receive each.
    pub fn burst<'s, 'a>(&mut self, mut playback: Playback<'s, 'a>) -> Playing<'s, 'a> {
        let begun = Instant::now();
        let text: String = (self.lines..self.lines + BURST).map(long_line).collect();
        self.lines += BURST;
        playback.harness.display.is_muted = true;
        let is_right = playback.turn(&sends(ALICE, text));
        playback.harness.display.is_muted = false;
        if !is_right {
            return Err(explain_stop(playback));
        }
        match self.too_slow(&playback, begun.elapsed() > SLOW_BURST) {
            Some((seen, advice)) => {
                let limit = SLOW_BURST.as_millis();
                let seen = format!("waits more than {limit} ms for every four of them, {seen}");
                Err(observed(
                    playback.harness,
                    "alice says long lines",
                    seen,
                    advice,
                ))
            }
            None => Ok(playback),
        }
    }

    /// While the stalled client takes something, a client that talks may be held back.
    fn too_slow(&mut self, playback: &Playback, is_slow: bool) -> Option<(String, Advice)> {
        let count = |bursts: usize, is_slow: bool| if is_slow { bursts + 1 } else { 0 };
        self.in_a_row = count(self.in_a_row, is_slow);
        if self.in_a_row > MOST_IN_A_ROW {
            return Some((format!("{MOST_IN_A_ROW} times in a row"), ALWAYS_SLOW));
        }
        let is_held = is_slow && self.takes_nothing(playback);
        self.slow_bursts = count(self.slow_bursts, is_held);
        (self.slow_bursts > MOST_SLOW_BURSTS)
            .then(|| ("while one client does not read".to_string(), SLOWED_DOWN))
    }

    /// Whether the operating system buffers as much for the stalled client as at the last look.
    fn takes_nothing(&mut self, playback: &Playback) -> bool {
        let kept = playback.harness.bytes_in_transit(self.stalled);
        kept.is_some() && kept == mem::replace(&mut self.kept, kept)
    }

    /// Whether enough waits. Finding out is slow, so we look again only once the missing amount has
    /// been sent.
    pub fn is_enough(&mut self, playback: &mut Playback) -> bool {
        if self.lines < self.next_look {
            return false;
        }
        let mut missing = self.missing(playback.harness);
        if missing == 0 {
            playback.harness.wait_until_idle(); // It may be just about to write some more.
            missing = self.missing(playback.harness);
        }
        self.next_look = self.lines + (missing / self.length).max(4 * BURST);
        // Where the operating system does not report it, send more than any buffers.
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

/// No client receives anything any more. The control: do they when the stalled client reads?
fn explain_stop(mut playback: Playback) -> Problem {
    let silence = playback
        .divergence
        .as_ref()
        .and_then(|divergence| match divergence.verdict {
            Verdict::Silent { patience, .. } => Some(patience),
            _ => None,
        });
    let (Some(silence), Some(stalled)) = (silence, playback.stalled.first().copied()) else {
        return flood_failure(playback).into();
    };
    let word = format!("{} says: hello?\n", playback.contract.name(BOB)).into_bytes();
    let patience = playback.harness.patience;
    playback.harness.send(BOB, b"hello?\n");
    let received = |harness: &Harness| lines(&harness.clients[BOB].unread).any(|line| line == word);
    if playback
        .harness
        .wait_for(Instant::now() + patience, received)
    {
        return flood_failure(playback).into();
    }
    let expected = Some(playback.harness.masked(&word));
    let nothing = EventKind::HeardNothing(patience);
    playback
        .harness
        .record_expecting(Instant::now(), Some(BOB), nothing, expected);
    for who in [ALICE, BOB] {
        playback.harness.clients[who].is_muted = true;
    }
    playback.read_again(stalled);
    let came = playback
        .harness
        .wait_for(Instant::now() + patience, received);
    record_all_received(playback.harness, &[ALICE, BOB]);
    let mut failure = flood_failure(playback);
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

fn flood_failure(playback: Playback) -> Box<Failure> {
    let mut failure = failure_of(playback);
    failure.action = "alice says long lines".to_string();
    failure
}

/// A unique line that fills a page of memory.
fn long_line(number: usize) -> String {
    format!("{number:06} {}\n", "x".repeat(LONG_LINE - 7))
}

/// How many long lines the operating system buffers for a client that does not read, measured with
/// a connection to ourselves: it varies with system and settings.
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
