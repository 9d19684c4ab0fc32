//! Step 7: how much a server buffers for a stalled client, and for how long.

use std::collections::HashSet;
use std::mem;
use std::time::Instant;

use super::causes::{
    CHANGES_THE_ORDER, DISCONNECTS_THE_SLOW, DROPS_AT_GOODBYE, DROPS_LINES, KEEPS_QUEUES,
    KEEPS_WITHOUT_END, NO_NOTICE, SILENT_ON_STDERR,
};
use super::finding::{
    Finding, Observation, Playing, Problem, failure_of, measured, observed, passed,
};
use super::flood::{Flood, LONG_LINE, allow_disconnect, flood_until_waiting, record_all_received};
use super::room::{left_notice, report, room, run, turns};
use crate::model::contract::{ClientId, Expected, NAMES};
use crate::model::matching::lines;
use crate::model::session::{BOB, CAROL, connects, leaves};
use crate::model::verdict::Verdict;
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

/// The long lines that may wait for a stalled client: half as many must not disconnect it, four
/// times as many must.
const MOST_WAITING: usize = 1024 * 1024 / LONG_LINE;
/// A backlog that must not slow anyone down.
pub const SOME_WAITING: usize = MOST_WAITING / 5;

/// Alice and bob are in the room.
pub fn room_for_two<'s, 'a>(harness: &'s mut Harness<'a>, most: usize) -> Playing<'s, 'a> {
    let mut playback = room(harness, NAMES, 2, most)?;
    report(&mut playback, "alice and bob are in the room");
    Ok(playback)
}

fn join_without_reading<'s, 'a>(mut playback: Playback<'s, 'a>, who: ClientId) -> Playing<'s, 'a> {
    playback.stalled.push(who);
    run(playback, &[connects(who)])
}

pub fn reads_later(harness: &mut Harness) -> Finding {
    let mut playback = join_without_reading(room_for_two(harness, 3)?, CAROL)?;
    report(&mut playback, "carol connects, and reads nothing");
    playback = talk_until_waiting(playback, MOST_WAITING / 2)?;
    catch_up(playback, "carol says that was a lot")?;
    Ok(passed("carol reads, and hears them all, in order"))
}

/// A client that has caught up may fall behind again, and may leave while something waits for it.
pub fn reads_later_again(harness: &mut Harness) -> Finding {
    let mut playback = join_without_reading(room_for_two(harness, 3)?, CAROL)?;
    playback = talk_until_waiting(playback, SOME_WAITING)?;
    playback = catch_up(playback, "carol says once more, please")?;
    report(&mut playback, "carol catches up");
    playback.stall(CAROL);
    playback = talk_until_waiting(playback, SOME_WAITING)?;
    catch_up(playback, "carol says /exit")?;
    Ok(passed(
        "carol falls behind again, says /exit, hears all, and is disconnected",
    ))
}

fn talk_until_waiting<'s, 'a>(playback: Playback<'s, 'a>, waiting: usize) -> Playing<'s, 'a> {
    let mut playback = flood_until_waiting(playback, CAROL, waiting)?;
    report(
        &mut playback,
        "alice says long lines, alice and bob hear them all",
    );
    Ok(playback)
}

/// Carol sends `word` and reads: she must receive everything.
fn catch_up<'s, 'a>(mut playback: Playback<'s, 'a>, word: &str) -> Playing<'s, 'a> {
    playback.harness.clients[CAROL].is_muted = true;
    playback.read_again(CAROL);
    if !playback.run_until_wrong(&turns(word)) {
        let received = receive_the_rest(&mut playback);
        if !is_just_late(&playback, &received) {
            return Err(explain_missing(playback, word, &received));
        }
        playback.divergence = None;
    }
    record_all_received(playback.harness, &[CAROL]);
    Ok(playback)
}

/// Everything carol receives until nothing more comes.
fn receive_the_rest(playback: &mut Playback) -> Vec<u8> {
    let last = playback.recording.turns.last();
    let received = last.and_then(|turn| turn.heard.get(CAROL));
    let mut received = received.cloned().unwrap_or_default();
    loop {
        playback
            .harness
            .wait_until(Instant::now() + playback.harness.patience);
        let more = mem::take(&mut playback.harness.clients[CAROL].log);
        if more.is_empty() {
            return received;
        }
        received.extend(more);
    }
}

/// Whether carol has received exactly what she should, only later than we waited: a busy machine is
/// slow.
fn is_just_late(playback: &Playback, received: &[u8]) -> bool {
    let ends = |one: &Expected| matches!(one, Expected::End { .. });
    let is_to_end = playback.last_expected[CAROL].iter().any(ends);
    let said: Vec<&[u8]> = expected_lines(playback).collect();
    received == said.concat() && is_to_end == playback.harness.clients[CAROL].end.is_some()
}

fn expected_lines<'p>(playback: &'p Playback) -> impl Iterator<Item = &'p [u8]> {
    let expected = playback.last_expected[CAROL].iter();
    expected.filter_map(|expected| match expected {
        Expected::Bytes(line) => Some(line.as_slice()),
        _ => None,
    })
}

/// Explains why carol, who was slow, did not receive everything in order.
fn explain_missing(playback: Playback, word: &str, received: &[u8]) -> Problem {
    let is_disconnected = playback.harness.clients[CAROL].end.is_some();
    let received: HashSet<&[u8]> = lines(received).collect();
    let is_complete = expected_lines(&playback).all(|line| received.contains(line));
    let mut failure = failure_of(playback);
    let says_goodbye = word.ends_with("/exit");
    failure.action = if says_goodbye {
        "carol says /exit, reads".to_string()
    } else {
        "carol reads".to_string()
    };
    let is_carol = failure.receiver.is_none_or(|who| who == CAROL);
    failure.receiver = failure.receiver.filter(|who| *who != CAROL);
    let (seen, advice) = match failure.verdict {
        _ if !is_carol => return failure.into(),
        Verdict::Closed(_) | Verdict::Wrong { .. } if is_disconnected && says_goodbye => (
            "is disconnected before she has received all",
            DROPS_AT_GOODBYE,
        ),
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
    let mut playback = join_without_reading(room_for_two(harness, 3)?, CAROL)?;
    allow_disconnect(&mut playback, CAROL);
    let stderr = playback.harness.output.stderr.len();
    let (mut playback, is_notified) = flood_past_the_bound(playback)?;
    if !is_notified {
        check_carol(&mut playback)?;
    }
    let deadline = Instant::now() + playback.harness.patience;
    let has_printed = |harness: &Harness| harness.output.stderr.len() > stderr;
    if !playback.harness.server.is_shared() && !playback.harness.wait_for(deadline, has_printed) {
        let seen = "is disconnected, and the server prints nothing to stderr";
        return Err(observed(
            playback.harness,
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

/// Floods until bob receives the notice that carol left, or more waits for her than may. A server
/// that has noticed only now gets some more bursts.
fn flood_past_the_bound<'s, 'a>(
    mut playback: Playback<'s, 'a>,
) -> Result<(Playback<'s, 'a>, bool), Problem> {
    const LAST_BURSTS: usize = 10;
    let left = left_notice(&playback, CAROL);
    let mut flood = Flood::until_waiting(&playback, CAROL, MOST_WAITING * 3 / 2);
    let mut bursts_left = LAST_BURSTS;
    while bursts_left > 0 {
        playback = flood.burst(playback)?;
        let received = playback.recording.turns.last().map(|turn| &turn.heard[BOB]);
        if received.is_some_and(|received| lines(received).any(|line| line == left)) {
            return Ok((playback, true));
        }
        bursts_left -= usize::from(bursts_left < LAST_BURSTS || flood.is_enough(&mut playback));
    }
    Ok((playback, false))
}

/// No notice came that carol left. Is she still connected? If not, the server may notice only when
/// she reads.
fn check_carol(playback: &mut Playback) -> Result<(), Problem> {
    let left = left_notice(playback, CAROL);
    playback.harness.clients[CAROL].is_muted = true;
    playback.read_again(CAROL);
    let deadline = Instant::now() + playback.harness.patience;
    let is_notified =
        |harness: &Harness| lines(&harness.clients[BOB].unread).any(|line| line == left);
    if playback.harness.wait_for(deadline, is_notified) {
        return Ok(());
    }
    let (seen, advice) = if playback.harness.clients[CAROL].end.is_some() {
        (
            "is disconnected, but no client gets the notice that she left",
            NO_NOTICE,
        )
    } else {
        (
            "is still connected, with all that waits for her",
            KEEPS_WITHOUT_END,
        )
    };
    Err(observed(playback.harness, CAROL_READS_NONE, seen, advice))
}

/// Clients come one after the other, build up a backlog, and go. Their backlog must be freed.
pub fn nothing_stays(harness: &mut Harness) -> Finding {
    const VISITORS: usize = 5;
    let mut playback = room_for_two(harness, CAROL + VISITORS)?;
    let mut memory = Vec::new();
    for who in CAROL..CAROL + VISITORS {
        playback = join_without_reading(playback, who)?;
        playback = flood_until_waiting(playback, who, SOME_WAITING)?;
        playback.stalled.retain(|other| *other != who);
        playback = run(playback, &[leaves(who)])?;
        memory.push(playback.harness.memory());
    }
    let Some(memory) = memory.into_iter().collect::<Option<Vec<u64>>>() else {
        return Ok(passed(
            "five clients come, read nothing, and go: the talk goes on",
        ));
    };
    // The first client brings the program to its full size: it is the control.
    let grows = |pair: &[u64]| pair[1] > pair[0] + (SOME_WAITING * LONG_LINE / 2) as u64;
    if memory.windows(2).all(grows) {
        let more = memory[VISITORS - 1] - memory[0] + (1 << 19);
        let seen = format!("leave the server with about {} MiB more", more >> 20);
        let action = "clients come, read nothing, and go,";
        return Err(measured(playback.harness, action, seen, KEEPS_QUEUES));
    }
    Ok(passed(
        "five clients come, read nothing, and go: nothing of them stays",
    ))
}
