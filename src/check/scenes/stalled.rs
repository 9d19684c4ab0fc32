//! Step 6: a room that nobody can freeze. How much a server keeps for a client that reads nothing, and for how long,
//! cannot be said in turns.

use std::collections::HashSet;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};
use std::{iter, mem};

use crate::check::failure::{Failure, Outcome};
use crate::model::contract::{Action, ClientId, Expected};
use crate::model::matching::lines;
use crate::model::session::{
    ALICE, BOB, CAROL, NAMES, Turn, a_room_of, connects, leaves, says, turn,
};
use crate::model::verdict::Verdict;
use crate::runner::events::EventKind;
use crate::runner::harness::Harness;
use crate::runner::playback::{LONG_LINES, Playback};

/// The bytes in a long line: many of them fill whatever there is to be filled.
const LONG_LINE: usize = 4000;
/// So many of them are said at once: few, since a client that reads may fall no further behind.
const BURST: usize = 4;
/// A server may hold others back for a moment while it waits whether somebody reads, and a busy machine is slow. But so
/// many bursts one after the other that take so long are on purpose.
const SLOW_BURST: Duration = Duration::from_millis(200);
const MOST_SLOW_BURSTS: usize = 10;
/// So many slow bursts in a row are too many, also while the operating system still takes something for the other.
const MOST_IN_A_ROW: usize = 25;
/// So many bursts the server is given to see that it is too much.
const LAST_BURSTS: usize = 10;
/// More long lines than any operating system keeps for somebody who does not read: 16 MB.
const LINES_LIMIT: usize = 4000;
/// What a client that does not read may let wait: half of it is no reason to be disconnected, four times as much is.
const MOST_WAITING: usize = 1024 * 1024 / LONG_LINE;
/// So much may wait without anybody being slowed down for it.
const SOME_WAITING: usize = MOST_WAITING / 5;
/// How long we try to fill a connection of our own.
const FULL: Duration = Duration::from_millis(100);

const FREEZES: (&str, &str) = (
    "your server makes everybody wait for one client that does not read.",
    "the write that blocks, and what is held or not done meanwhile: nobody may wait for it but a thread of that client's own.",
);

pub type Playing<'s, 'a> = Result<Playback<'s, 'a>, Box<Failure>>;

/// Alice and bob are in the room.
pub fn a_room_for_two<'s, 'a>(stage: &'s mut Harness<'a>, most: usize) -> Playing<'s, 'a> {
    let mut play = Playback::begin(stage, 6, &[connects(most - 1)]);
    if !play.run_until_wrong(&a_room_of(2)) {
        return Err(Failure::of(play));
    }
    play.harness
        .observer
        .passed("alice and bob are in the room", None);
    Ok(play)
}

/// Somebody comes who does not read.
fn joins_without_reading<'s, 'a>(mut play: Playback<'s, 'a>, who: ClientId) -> Playing<'s, 'a> {
    play.stalled.push(who);
    if play.turn(&connects(who)) {
        Ok(play)
    } else {
        Err(Failure::of(play))
    }
}

pub fn reads_later(stage: &mut Harness) -> Outcome {
    let mut play = joins_without_reading(a_room_for_two(stage, 3)?, CAROL)?;
    play.harness
        .observer
        .passed("carol connects, and reads nothing", None);
    play = lets_wait(play, MOST_WAITING / 2)?;
    play = catches_up(play, &says(CAROL, "that was a lot"))?;
    play.harness
        .observer
        .passed("carol reads, and hears them all, in order", None);
    Ok(())
}

/// Who has caught up once may fall behind again, and may leave while something waits for it.
pub fn reads_later_again(stage: &mut Harness) -> Outcome {
    let mut play = joins_without_reading(a_room_for_two(stage, 3)?, CAROL)?;
    play = lets_wait(play, SOME_WAITING)?;
    play = catches_up(play, &says(CAROL, "once more, please"))?;
    play.harness.observer.passed("carol catches up", None);
    play.stall(CAROL);
    play = lets_wait(play, SOME_WAITING)?;
    play = catches_up(play, &says(CAROL, "/exit"))?;
    play.harness.observer.passed(
        "carol falls behind again, says /exit, hears all, and is disconnected",
        None,
    );
    Ok(())
}

/// Alice says so much that some of it waits for carol.
fn lets_wait<'s, 'a>(play: Playback<'s, 'a>, waiting: usize) -> Playing<'s, 'a> {
    let play = floods_until_waiting(play, CAROL, waiting)?;
    play.harness
        .observer
        .passed("alice says long lines, alice and bob hear them all", None);
    Ok(play)
}

/// Carol speaks and reads: she must hear all of it.
fn catches_up<'s, 'a>(mut play: Playback<'s, 'a>, word: &Turn) -> Playing<'s, 'a> {
    play.harness.clients[CAROL].is_muted = true;
    play.read_again(CAROL);
    if !play.turn(word) {
        let heard = all_that_comes(&mut play);
        if !is_just_late(&play, &heard) {
            return Err(why_some_is_missing(play, &heard));
        }
        play.divergence = None;
    }
    hears_all_of_it(play.harness, &[CAROL]);
    Ok(play)
}

/// Whether carol has heard just what she should, and only later than we waited: on a busy machine it may take long.
fn is_just_late(play: &Playback, heard: &[u8]) -> bool {
    let ends = |one: &Expected| matches!(one, Expected::End { .. });
    let is_to_end = play.last_expected[CAROL].iter().any(ends);
    let said: Vec<&[u8]> = expected_lines(play).collect();
    heard == said.concat() && is_to_end == play.harness.clients[CAROL].end.is_some()
}

fn expected_lines<'p>(play: &'p Playback) -> impl Iterator<Item = &'p [u8]> {
    play.last_expected[CAROL]
        .iter()
        .filter_map(|expected| match expected {
            Expected::Bytes(line) => Some(line.as_slice()),
            _ => None,
        })
}

/// Carol, who was slow, does not hear all, or not in order. Was she disconnected?
fn why_some_is_missing(play: Playback, heard: &[u8]) -> Box<Failure> {
    let is_disconnected = play.harness.clients[CAROL].end.is_some();
    let heard: HashSet<&[u8]> = lines(heard).collect();
    let is_complete = expected_lines(&play).all(|line| heard.contains(line));
    let mut failure = Failure::of(play);
    let found = |seen: &str, means, look_at| Verdict::Found {
        seen: seen.to_string(),
        advice: advice_of((means, look_at)),
    };
    let is_carol = failure.hearer.is_none_or(|who| who == CAROL);
    failure.verdict = match failure.verdict {
        Verdict::Closed(_) | Verdict::Wrong { .. } if is_carol && is_disconnected => found(
            "is disconnected",
            "your server disconnects a client that is merely slow.",
            "the bound of a client's queue: 1 MiB may wait before it is too much.",
        ),
        Verdict::Wrong { .. } | Verdict::Extra(_) if is_carol && is_complete => found(
            "hears all lines, but not in order",
            "your server changes the order of the lines for a client that reads slowly.",
            "the ways to a client: one queue, and one thread that writes what is in it.",
        ),
        Verdict::Wrong { .. } | Verdict::Silent { .. } | Verdict::Extra(_) if is_carol => found(
            "misses some of the lines",
            "your server drops messages for a client that reads slowly.",
            "what happens when a client's queue is full: it may wait, or go; it must not miss a line.",
        ),
        verdict => verdict,
    };
    failure.action = "carol reads".to_string();
    failure.hearer = failure.hearer.filter(|who| *who != CAROL);
    failure
}

/// What carol hears until nothing comes any more.
fn all_that_comes(play: &mut Playback) -> Vec<u8> {
    let heard = play
        .recording
        .turns
        .last()
        .and_then(|turn| turn.heard.get(CAROL));
    let mut heard = heard.cloned().unwrap_or_default();
    loop {
        play.harness
            .wait_until(Instant::now() + play.harness.patience);
        let more = mem::take(&mut play.harness.clients[CAROL].log);
        if more.is_empty() {
            break;
        }
        heard.extend(more);
    }
    heard
}

pub fn never_reads(stage: &mut Harness) -> Outcome {
    let mut play = joins_without_reading(a_room_for_two(stage, 3)?, CAROL)?;
    may_leave(&mut play, CAROL);
    let left = notice(&play, CAROL);
    let stderr = play.harness.output.stderr.len();
    let mut flood = Flood::until_waiting(&play, CAROL, MOST_WAITING * 3 / 2);
    let mut is_told = false;
    // Once it is enough, the server may have seen it just now: it has some more bursts.
    let mut last_bursts = LAST_BURSTS;
    while !is_told && last_bursts > 0 {
        play = flood.goes_on(play)?;
        is_told = hears(&play, BOB, &left);
        last_bursts -= usize::from(last_bursts < LAST_BURSTS || flood.is_enough(&mut play));
    }
    if !is_told {
        what_became_of_carol(&mut play, &left)?;
    }
    let deadline = Instant::now() + play.harness.patience;
    let is_shared = play.harness.server.is_shared();
    if !is_shared
        && !play
            .harness
            .wait_for(deadline, |stage| stage.output.stderr.len() > stderr)
    {
        return Err(found(
            &play,
            "alice says long lines, carol reads none",
            "is disconnected, and the server's stderr says nothing",
            (
                "your server disconnects a client that reads nothing, and does not say so.",
                "what happens when too much waits for a client: somebody who runs the server wants to know why it was let go.",
            ),
        ));
    }
    play.harness.observer.passed(
        "alice says long lines, carol reads none, and is disconnected",
        None,
    );
    Ok(())
}

/// Nobody was told that carol left. Is she still there? That she is gone, others may hear only when she reads.
fn what_became_of_carol(play: &mut Playback, left: &[u8]) -> Outcome {
    play.harness.clients[CAROL].is_muted = true;
    play.read_again(CAROL);
    let deadline = Instant::now() + play.harness.patience;
    let is_told = |stage: &Harness| lines(&stage.clients[BOB].unread).any(|line| line == left);
    if play.harness.wait_for(deadline, is_told) {
        return Ok(());
    }
    if play.harness.clients[CAROL].end.is_some() {
        return Err(found(
            play,
            "alice says long lines, carol reads none",
            "is disconnected, but nobody hears that she left",
            (
                "your server tells nobody that a client has left if it was disconnected because too much waits for it.",
                "what follows the disconnection: the others must be told, however a client leaves.",
            ),
        ));
    }
    Err(found(
        play,
        "alice says long lines, carol reads none",
        "is still connected, with all that waits for her",
        (
            "your server keeps for a client whatever it does not read, without end.",
            "the bound of a client's queue: beyond 1 MiB that client is disconnected.",
        ),
    ))
}

fn slowed_down(play: &Playback) -> Box<Failure> {
    let seen = format!(
        "waits more than {} ms for every four of them, while somebody reads nothing",
        SLOW_BURST.as_millis()
    );
    found(
        play,
        "alice says long lines",
        &seen,
        (
            "your server makes others wait for a client that reads nothing.",
            "what the threads of the others wait for while somebody reads nothing.",
        ),
    )
}

fn always_slow(play: &Playback) -> Box<Failure> {
    let seen = format!(
        "waits more than {} ms for every four of them, {MOST_IN_A_ROW} times in a row",
        SLOW_BURST.as_millis()
    );
    let causes = (
        "your server takes what a client says too slowly, though nobody who reads has fallen behind.",
        "what holds back who talks: a pace is for the time in which a client that reads has fallen behind.",
    );
    found(play, "alice says long lines", &seen, causes)
}

/// No id yet.
pub fn advice_of((means, look_at): (&'static str, &'static str)) -> crate::model::advice::Advice {
    let id = means;
    crate::model::advice::Advice { id, means, look_at }
}

/// What only these scenes can see.
pub fn found(
    play: &Playback,
    did: &str,
    seen: &str,
    (means, look_at): (&'static str, &'static str),
) -> Box<Failure> {
    let verdict = Verdict::Found {
        seen: seen.to_string(),
        advice: advice_of((means, look_at)),
    };
    let mut failure = Failure::on(play.harness, verdict);
    failure.action = did.to_string();
    Box::new(failure)
}

/// Clients come, one after the other, let something wait, and go. What waited for them goes, too.
pub fn nothing_stays(stage: &mut Harness) -> Outcome {
    const VISITORS: usize = 5;
    let mut play = a_room_for_two(stage, CAROL + VISITORS)?;
    let mut memory = Vec::new();
    for who in CAROL..CAROL + VISITORS {
        play = joins_without_reading(play, who)?;
        play = floods_until_waiting(play, who, SOME_WAITING)?;
        play.stalled.retain(|other| *other != who);
        if !play.turn(&leaves(who)) {
            return Err(Failure::of(play));
        }
        memory.push(play.harness.memory());
    }
    let Some(memory) = memory.into_iter().collect::<Option<Vec<u64>>>() else {
        let text = "five clients come, read nothing, and go: the talk goes on";
        play.harness.observer.passed(text, None);
        return Ok(());
    };
    // The first one makes the program as large as it needs to be; then each leaves what waited for it, or nothing.
    let grows = |pair: &[u64]| pair[1] > pair[0] + (SOME_WAITING * LONG_LINE / 2) as u64;
    if memory.windows(2).all(grows) {
        let more = memory[VISITORS - 1] - memory[0] + (1 << 19);
        let seen = format!("leave the server with about {} MiB more", more >> 20);
        return Err(found(
            &play,
            "clients come, read nothing, and go,",
            &seen,
            (
                "your server keeps what waited for a client that has left.",
                "the end of a client: its queue and its writing thread must end with it, though that thread is blocked.",
            ),
        ));
    }
    play.harness.observer.passed(
        "five clients come, read nothing, and go: nothing of them stays",
        None,
    );
    Ok(())
}

// Floods.

/// Alice says long lines until so many more wait for a client than the operating system keeps: these the server must
/// keep itself.
fn floods_until_waiting<'s, 'a>(
    mut play: Playback<'s, 'a>,
    stalled: ClientId,
    more: usize,
) -> Playing<'s, 'a> {
    may_leave(&mut play, stalled);
    let said = EventKind::Said("long lines, many of them".to_string());
    play.harness.record(Instant::now(), Some(ALICE), said);
    let mut flood = Flood::until_waiting(&play, stalled, more);
    while !flood.is_enough(&mut play) {
        play = flood.goes_on(play)?;
    }
    let kept = flood.lines.saturating_sub(more);
    play.harness.long_lines_kept.store(kept, SeqCst);
    hears_all_of_it(play.harness, &[ALICE, BOB]);
    play.harness.pause();
    Ok(play)
}

/// How far a flood has come.
struct Flood {
    stalled: ClientId,
    /// So many bytes are to wait in the server.
    enough: usize,
    /// How long a line is as others hear it, and how many there were.
    length: usize,
    lines: usize,
    next_look: usize,
    /// How many of the last bursts took long, though the other took nothing, and what was kept for it then.
    slow_bursts: usize,
    in_a_row: usize,
    kept: Option<usize>,
}

impl Flood {
    fn until_waiting(play: &Playback, stalled: ClientId, more: usize) -> Flood {
        let length = long_line(0).len() + play.contract.name(ALICE).len() + " says: \n".len();
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

    fn goes_on<'s, 'a>(&mut self, play: Playback<'s, 'a>) -> Playing<'s, 'a> {
        self.lines += BURST;
        let begun = Instant::now();
        let play = floods(play, self.lines / BURST - 1)?;
        // While the other takes something, the one who talks may be held back.
        let is_slow = begun.elapsed() > SLOW_BURST;
        self.in_a_row = if is_slow { self.in_a_row + 1 } else { 0 };
        if self.in_a_row > MOST_IN_A_ROW {
            return Err(always_slow(&play));
        }
        let is_slow = is_slow && self.takes_nothing(&play);
        self.slow_bursts = if is_slow { self.slow_bursts + 1 } else { 0 };
        if self.slow_bursts > MOST_SLOW_BURSTS {
            return Err(slowed_down(&play));
        }
        Ok(play)
    }

    /// Whether the operating system tells that it keeps as much for the stalled client as at the last look.
    fn takes_nothing(&mut self, play: &Playback) -> bool {
        let kept = kept_for(play, self.stalled);
        kept.is_some() && kept == mem::replace(&mut self.kept, kept)
    }

    /// Whether so much waits. To find out takes a while, so we look again when as much has been said as was missing.
    fn is_enough(&mut self, play: &mut Playback) -> bool {
        if self.lines < self.next_look {
            return false;
        }
        let missing = |kept: usize| (self.enough + kept).saturating_sub(self.lines * self.length);
        let kept = |play: &Playback| kept_for(play, self.stalled).unwrap_or(0);
        let mut still = missing(kept(play));
        if still == 0 {
            play.harness.wait_until_idle(); // It may be just about to write some more.
            still = missing(kept(play));
        }
        self.next_look = self.lines + (still / self.length).max(4 * BURST);
        // Where the operating system does not tell, it must be more than any keeps.
        let kept_unseen = if cfg!(target_os = "linux") {
            0
        } else {
            lines_in_transit()
        };
        still == 0 && self.lines >= kept_unseen || self.lines >= LINES_LIMIT
    }
}

/// Alice says some long lines in one packet; alice and bob must hear each before there are more.
fn floods<'s, 'a>(mut play: Playback<'s, 'a>, number: usize) -> Playing<'s, 'a> {
    let text: String = (0..BURST)
        .map(|line| format!("{}\n", long_line(number * BURST + line)))
        .collect();
    play.harness.display.is_muted = true;
    let is_right = play.turn(&turn([crate::model::session::Act {
        who: ALICE,
        action: Action::Send(text.into_bytes()),
    }]));
    play.harness.display.is_muted = false;
    if is_right {
        Ok(play)
    } else {
        Err(why_it_stops(play))
    }
}

/// Nobody hears anything any more. Do they when carol reads?
fn why_it_stops(mut play: Playback) -> Box<Failure> {
    let is_silent = matches!(
        play.divergence,
        Some(crate::model::verdict::Divergence {
            verdict: Verdict::Silent { .. },
            ..
        })
    );
    let stalled = play.stalled.first().copied().filter(|_| is_silent);
    let Some(stalled) = stalled else {
        return flood_failure(play);
    };
    let word = format!("{} says: hello?\n", play.contract.name(BOB)).into_bytes();
    let patience = play.harness.patience;
    play.harness.send(BOB, b"hello?\n");
    let heard = |stage: &Harness| lines(&stage.clients[BOB].unread).any(|line| line == word);
    if play.harness.wait_for(Instant::now() + patience, heard) {
        return flood_failure(play);
    }
    let nothing = EventKind::HeardNothing(patience);
    let expected = Some(play.harness.masked(&word));
    let stage = &mut *play.harness;
    stage.record_expecting(Instant::now(), Some(BOB), nothing, expected);
    for who in [ALICE, BOB] {
        play.harness.clients[who].is_muted = true;
    }
    play.read_again(stalled);
    let came = play.harness.wait_for(Instant::now() + patience, heard);
    hears_all_of_it(play.harness, &[ALICE, BOB]);
    let mut failure = flood_failure(play);
    if came {
        let (means, look_at) = FREEZES;
        let Verdict::Silent { patience, .. } = failure.verdict else {
            return failure;
        };
        failure.verdict = Verdict::Found {
            seen: format!(
                "hears nothing for {} s, where {LONG_LINES} were expected",
                patience.as_secs_f32()
            ),
            advice: advice_of((means, look_at)),
        };
        let stalled = NAMES[stalled];
        failure.observations.push(format!(
            "bob said \"hello?\", and nothing came; then {stalled} read, and it came at once"
        ));
    }
    failure
}

fn flood_failure(play: Playback) -> Box<Failure> {
    let mut failure = Failure::of(play);
    failure.action = "alice says long lines".to_string();
    failure
}

/// The one who reads nothing may be disconnected at any time: that is no part of the talk.
fn may_leave(play: &mut Playback, who: ClientId) {
    let notice = notice(play, who);
    play.contract.unheard.push(notice);
}

/// Whether somebody has heard this line in the last turn.
fn hears(play: &Playback, who: ClientId, line: &[u8]) -> bool {
    let heard = play.recording.turns.last().map(|turn| &turn.heard[who]);
    heard.is_some_and(|heard| lines(heard).any(|other| other == line))
}

pub fn notice(play: &Playback, who: ClientId) -> Vec<u8> {
    format!("{} left the chat.\n", play.contract.name(who)).into_bytes()
}

/// How much the operating system keeps of what the server has written to a client that does not
/// read. Only Linux tells.
fn kept_for(play: &Playback, who: ClientId) -> Option<usize> {
    play.harness.bytes_in_transit(who)
}

/// Shows in a word what these clients have heard meanwhile.
fn hears_all_of_it(stage: &mut Harness, all: &[ClientId]) {
    for who in all {
        stage.clients[*who].is_muted = false;
        stage.record(
            Instant::now(),
            Some(*who),
            EventKind::Heard("all of it".to_string()),
        );
    }
}

/// A line that takes a page of memory, and differs from all others.
fn long_line(number: usize) -> String {
    format!("{number:06} {}", "x".repeat(LONG_LINE - 7))
}

/// How many long lines the operating system keeps on its own for somebody who does not read. It is tried with a
/// connection to ourselves: no two systems, and no two settings of one, are alike.
fn lines_in_transit() -> usize {
    let count = || -> io::Result<usize> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let _reader = TcpStream::connect(listener.local_addr()?)?;
        let (mut writer, _) = listener.accept()?;
        writer.set_nodelay(true)?;
        writer.set_write_timeout(Some(FULL))?;
        let lines = iter::repeat_with(|| writer.write_all(&[b'x'; LONG_LINE]));
        Ok(lines.take(LINES_LIMIT).take_while(Result::is_ok).count())
    };
    count().unwrap_or(1024)
}
