//! Step 7: how much a server keeps for a client that reads nothing, and for how long.

use std::collections::HashSet;
use std::mem;
use std::time::Instant;

use super::causes::{
    CHANGES_THE_ORDER, DISCONNECTS_THE_SLOW, DROPS_LINES, KEEPS_QUEUES, KEEPS_WITHOUT_END,
    NO_NOTICE, SILENT_ON_STDERR,
};
use super::finding::{
    Finding, Observation, Playing, Problem, failure_of, measured, observed, passed,
};
use super::flood::{Flood, LONG_LINE, allow_to_leave, flood_until_waiting, record_all_received};
use super::room::{left_notice, report, room, run, turns};
use crate::model::contract::{ClientId, Expected, NAMES};
use crate::model::matching::lines;
use crate::model::session::{BOB, CAROL, connects, leaves};
use crate::model::verdict::Verdict;
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

/// The long lines that may wait for a client that does not read: half of them is no reason to
/// disconnect it, four times as many is.
const MOST_WAITING: usize = 1024 * 1024 / LONG_LINE;
/// A backlog that must not slow anyone down.
pub const SOME_WAITING: usize = MOST_WAITING / 5;

/// Alice and bob are in the room.
pub fn room_for_two<'s, 'a>(harness: &'s mut Harness<'a>, most: usize) -> Playing<'s, 'a> {
    let mut play = room(harness, NAMES, 2, most)?;
    report(&mut play, "alice and bob are in the room");
    Ok(play)
}

fn join_without_reading<'s, 'a>(mut play: Playback<'s, 'a>, who: ClientId) -> Playing<'s, 'a> {
    play.stalled.push(who);
    run(play, &[connects(who)])
}

pub fn reads_later(harness: &mut Harness) -> Finding {
    let mut play = join_without_reading(room_for_two(harness, 3)?, CAROL)?;
    report(&mut play, "carol connects, and reads nothing");
    play = talk_until_waiting(play, MOST_WAITING / 2)?;
    catch_up(play, "carol says that was a lot")?;
    Ok(passed("carol reads, and hears them all, in order"))
}

/// Who has caught up once may fall behind again, and may leave while something waits for it.
pub fn reads_later_again(harness: &mut Harness) -> Finding {
    let mut play = join_without_reading(room_for_two(harness, 3)?, CAROL)?;
    play = talk_until_waiting(play, SOME_WAITING)?;
    play = catch_up(play, "carol says once more, please")?;
    report(&mut play, "carol catches up");
    play.stall(CAROL);
    play = talk_until_waiting(play, SOME_WAITING)?;
    catch_up(play, "carol says /exit")?;
    Ok(passed(
        "carol falls behind again, says /exit, hears all, and is disconnected",
    ))
}

fn talk_until_waiting<'s, 'a>(play: Playback<'s, 'a>, waiting: usize) -> Playing<'s, 'a> {
    let mut play = flood_until_waiting(play, CAROL, waiting)?;
    report(
        &mut play,
        "alice says long lines, alice and bob hear them all",
    );
    Ok(play)
}

/// Carol speaks and reads: she must receive all of it.
fn catch_up<'s, 'a>(mut play: Playback<'s, 'a>, word: &str) -> Playing<'s, 'a> {
    play.harness.clients[CAROL].is_muted = true;
    play.read_again(CAROL);
    if !play.run_until_wrong(&turns(word)) {
        let received = receive_the_rest(&mut play);
        if !is_just_late(&play, &received) {
            return Err(why_some_is_missing(play, &received));
        }
        play.divergence = None;
    }
    record_all_received(play.harness, &[CAROL]);
    Ok(play)
}

/// What carol receives until nothing comes any more.
fn receive_the_rest(play: &mut Playback) -> Vec<u8> {
    let last = play.recording.turns.last();
    let received = last.and_then(|turn| turn.heard.get(CAROL));
    let mut received = received.cloned().unwrap_or_default();
    loop {
        play.harness
            .wait_until(Instant::now() + play.harness.patience);
        let more = mem::take(&mut play.harness.clients[CAROL].log);
        if more.is_empty() {
            return received;
        }
        received.extend(more);
    }
}

/// Whether carol has received just what she should, only later than we waited: on a busy machine it
/// may take long.
fn is_just_late(play: &Playback, received: &[u8]) -> bool {
    let ends = |one: &Expected| matches!(one, Expected::End { .. });
    let is_to_end = play.last_expected[CAROL].iter().any(ends);
    let said: Vec<&[u8]> = expected_lines(play).collect();
    received == said.concat() && is_to_end == play.harness.clients[CAROL].end.is_some()
}

fn expected_lines<'p>(play: &'p Playback) -> impl Iterator<Item = &'p [u8]> {
    let expected = play.last_expected[CAROL].iter();
    expected.filter_map(|expected| match expected {
        Expected::Bytes(line) => Some(line.as_slice()),
        _ => None,
    })
}

/// Carol, who was slow, does not receive all, or not in order. Was she disconnected?
fn why_some_is_missing(play: Playback, received: &[u8]) -> Problem {
    let is_disconnected = play.harness.clients[CAROL].end.is_some();
    let received: HashSet<&[u8]> = lines(received).collect();
    let is_complete = expected_lines(&play).all(|line| received.contains(line));
    let mut failure = failure_of(play);
    failure.action = "carol reads".to_string();
    let is_carol = failure.hearer.is_none_or(|who| who == CAROL);
    failure.hearer = failure.hearer.filter(|who| *who != CAROL);
    let (seen, advice) = match failure.verdict {
        _ if !is_carol => return failure.into(),
        Verdict::Closed(_) | Verdict::Wrong { .. } if is_disconnected => {
            ("is disconnected", DISCONNECTS_THE_SLOW)
        }
        Verdict::Wrong { .. } | Verdict::Extra(_) if is_complete => {
            ("hears all lines, but not in order", CHANGES_THE_ORDER)
        }
        Verdict::Wrong { .. } | Verdict::Silent { .. } | Verdict::Extra(_) => {
            ("misses some of the lines", DROPS_LINES)
        }
        _ => return failure.into(),
    };
    Observation {
        failure,
        seen: seen.to_string(),
        advice,
        control: None,
    }
    .into()
}

pub fn never_reads(harness: &mut Harness) -> Finding {
    let mut play = join_without_reading(room_for_two(harness, 3)?, CAROL)?;
    allow_to_leave(&mut play, CAROL);
    let stderr = play.harness.output.stderr.len();
    let (mut play, is_told) = flood_past_the_bound(play)?;
    if !is_told {
        find_carol(&mut play)?;
    }
    let deadline = Instant::now() + play.harness.patience;
    let has_printed = |harness: &Harness| harness.output.stderr.len() > stderr;
    if !play.harness.server.is_shared() && !play.harness.wait_for(deadline, has_printed) {
        let seen = "is disconnected, and the server's stderr says nothing";
        return Err(observed(
            play.harness,
            CAROL_READS_NONE,
            seen,
            SILENT_ON_STDERR,
        ));
    }
    Ok(passed(
        "alice says long lines, carol reads none, and is disconnected",
    ))
}

const CAROL_READS_NONE: &str = "alice says long lines, carol reads none";

/// Floods until bob receives the notice that carol left, or more waits for her than may. The server
/// may have noticed just now: it has some more bursts.
fn flood_past_the_bound<'s, 'a>(
    mut play: Playback<'s, 'a>,
) -> Result<(Playback<'s, 'a>, bool), Problem> {
    const LAST_BURSTS: usize = 10;
    let left = left_notice(&play, CAROL);
    let mut flood = Flood::until_waiting(&play, CAROL, MOST_WAITING * 3 / 2);
    let mut bursts_left = LAST_BURSTS;
    while bursts_left > 0 {
        play = flood.burst(play)?;
        let received = play.recording.turns.last().map(|turn| &turn.heard[BOB]);
        if received.is_some_and(|received| lines(received).any(|line| line == left)) {
            return Ok((play, true));
        }
        bursts_left -= usize::from(bursts_left < LAST_BURSTS || flood.is_enough(&mut play));
    }
    Ok((play, false))
}

/// Nobody received the notice that carol left. Is she still there? If she is gone, the server may
/// notice only when she reads.
fn find_carol(play: &mut Playback) -> Result<(), Problem> {
    let left = left_notice(play, CAROL);
    play.harness.clients[CAROL].is_muted = true;
    play.read_again(CAROL);
    let deadline = Instant::now() + play.harness.patience;
    let is_told = |harness: &Harness| lines(&harness.clients[BOB].unread).any(|line| line == left);
    if play.harness.wait_for(deadline, is_told) {
        return Ok(());
    }
    let (seen, advice) = if play.harness.clients[CAROL].end.is_some() {
        ("is disconnected, but nobody hears that she left", NO_NOTICE)
    } else {
        (
            "is still connected, with all that waits for her",
            KEEPS_WITHOUT_END,
        )
    };
    Err(observed(play.harness, CAROL_READS_NONE, seen, advice))
}

/// Clients come, one after the other, let something wait, and go. What waited for them goes, too.
pub fn nothing_stays(harness: &mut Harness) -> Finding {
    const VISITORS: usize = 3;
    let mut play = room_for_two(harness, CAROL + VISITORS)?;
    let mut memory = Vec::new();
    for who in CAROL..CAROL + VISITORS {
        play = join_without_reading(play, who)?;
        play = flood_until_waiting(play, who, SOME_WAITING)?;
        play.stalled.retain(|other| *other != who);
        play = run(play, &[leaves(who)])?;
        memory.push(play.harness.memory());
    }
    let Some(memory) = memory.into_iter().collect::<Option<Vec<u64>>>() else {
        return Ok(passed(
            "three clients come, read nothing, and go: the talk goes on",
        ));
    };
    // The first one makes the program as large as it needs to be: it is the control.
    let grows = |pair: &[u64]| pair[1] > pair[0] + (SOME_WAITING * LONG_LINE / 2) as u64;
    if memory.windows(2).all(grows) {
        let more = memory[VISITORS - 1] - memory[0] + (1 << 19);
        let seen = format!("leave the server with about {} MiB more", more >> 20);
        let action = "clients come, read nothing, and go,";
        return Err(measured(play.harness, action, seen, KEEPS_QUEUES));
    }
    Ok(passed(
        "three clients come, read nothing, and go: nothing of them stays",
    ))
}
