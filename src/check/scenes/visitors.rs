//! Step 3: clients that leave, and what they leave behind.

use std::time::Instant;

use super::causes::{KEEPS_CONNECTIONS, RESETS_AT_ONCE};
use super::finding::{Finding, Playing, Problem, failed, measured, observed, passed};
use super::room::{room, run};
use crate::model::contract::{Action, ClientId, Expected};
use crate::model::matching::lines;
use crate::model::session::{ALICE, Act, Turn, connects, says, turn};
use crate::model::verdict::Verdict;
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

const VISITORS: usize = 50;
/// Descriptors that a correct server may be about to close, or may keep for itself.
const SPARE: usize = 10;

pub fn come_and_go(harness: &mut Harness) -> Finding {
    let playback = room(harness, 3, 1, 1)?;
    let before = playback.harness.descriptors();
    for number in 1..=VISITORS {
        visit(playback.harness, number)?;
    }
    let deadline = Instant::now() + playback.harness.patience;
    let more = |harness: &Harness| Some(harness.descriptors()?.saturating_sub(before?));
    let is_over = |harness: &Harness| more(harness).is_none_or(|more| more <= SPARE);
    if !playback.harness.wait_for(deadline, is_over) {
        let more = more(playback.harness).unwrap_or_default();
        let seen = format!("leave the server with {more} descriptors more");
        let action = format!("{VISITORS} visitors come and go");
        return Err(measured(playback.harness, &action, seen, KEEPS_CONNECTIONS));
    }
    Ok(passed(format!(
        "{VISITORS} visitors come and go: nothing of them stays"
    )))
}

/// A client connects, and leaves once alice has received the notice.
fn visit(harness: &mut Harness, number: usize) -> Result<(), Problem> {
    let patience = harness.patience;
    let visitor = harness.server.connect(patience).ok();
    let Some(address) = visitor
        .as_ref()
        .and_then(|visitor| visitor.local_addr().ok())
    else {
        return Err(visit_failure(
            harness,
            number,
            "connects",
            None,
            Verdict::Refused,
        ));
    };
    receive(
        harness,
        number,
        "comes",
        format!("{address} joined the chat.\n"),
    )?;
    drop(visitor);
    receive(
        harness,
        number,
        "goes",
        format!("{address} left the chat.\n"),
    )
}

fn receive(
    harness: &mut Harness,
    number: usize,
    verb: &str,
    notice: String,
) -> Result<(), Problem> {
    let (notice, patience) = (notice.into_bytes(), harness.patience);
    let has_notice =
        |harness: &Harness| lines(&harness.clients[ALICE].unread).any(|line| line == notice);
    if harness.wait_for(Instant::now() + patience, has_notice) {
        return Ok(());
    }
    let expected = vec![Expected::Bytes(notice)];
    let verdict = Verdict::Silent { expected, patience };
    Err(visit_failure(harness, number, verb, Some(ALICE), verdict))
}

/// Reports an exit, if there is one, rather than a silence.
fn visit_failure(
    harness: &mut Harness,
    number: usize,
    verb: &str,
    receiver: Option<ClientId>,
    verdict: Verdict,
) -> Problem {
    let (receiver, verdict) = match harness.exit_status() {
        Some(status) => (None, Verdict::Exited(status)),
        None => (receiver, verdict),
    };
    let action = format!("visitor {number} of {VISITORS} {verb}");
    let mut failure = failed(harness, &action, verdict);
    failure.receiver = receiver;
    failure.into()
}

/// Clients with unread input close their connections at once: each close is a reset. When the
/// server notices the first, it can no longer write to the others. It may notice one before the
/// others reset, so there are several rounds.
pub fn reset_at_once(harness: &mut Harness) -> Finding {
    const ROUNDS: usize = 5;
    const TOGETHER: usize = 3;
    let last = ROUNDS * TOGETHER + 1;
    let mut playback = room(harness, 3, 1, last + 1)?;
    for round in 0..ROUNDS {
        let all: Vec<ClientId> = (round * TOGETHER + 1..).take(TOGETHER).collect();
        playback = join_and_leave_unread(playback, &all, round)?;
        let seen = "alice does not get one notice for each that left";
        playback = survives(playback, &[reset_together(&all)], seen)?;
    }
    let after = [connects(last), says(last, "one"), says(ALICE, "two")];
    survives(playback, &after, AFTERWARDS)?;
    Ok(passed(
        "three clients reset at once, again and again: alice gets each notice, \
         and new clients can join",
    ))
}

/// They connect, and do not read what alice says. A difference in the first round is not caused by
/// a reset.
fn join_and_leave_unread<'s, 'a>(
    mut playback: Playback<'s, 'a>,
    all: &[ClientId],
    round: usize,
) -> Playing<'s, 'a> {
    playback.stalled.extend(all);
    let come = all.iter().map(|who| connects(*who));
    let come: Vec<Turn> = come.chain([says(ALICE, "unread")]).collect();
    let playback = if round == 0 {
        run(playback, &come)?
    } else {
        survives(playback, &come, AFTERWARDS)?
    };
    for who in all {
        playback.harness.wait_for_unread(*who);
    }
    Ok(playback)
}

fn reset_together(all: &[ClientId]) -> Turn {
    turn(all.iter().map(|who| Act {
        who: *who,
        action: Action::Reset,
    }))
}

const AFTERWARDS: &str = "the remaining or the next clients do not hear each other";

fn survives<'s, 'a>(mut playback: Playback<'s, 'a>, turns: &[Turn], seen: &str) -> Playing<'s, 'a> {
    if playback.run_until_wrong(turns) {
        return Ok(playback);
    }
    let action = "three clients reset at once,";
    Err(observed(playback.harness, action, seen, RESETS_AT_ONCE))
}
