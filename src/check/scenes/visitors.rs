//! Step 3: what a client leaves behind, and how clients go.

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
/// Descriptors that a right server may still be about to close, or may keep for itself.
const SPARE: usize = 10;

pub fn come_and_go(harness: &mut Harness) -> Finding {
    let play = room(harness, 3, 1, 1)?;
    let before = play.harness.descriptors();
    for number in 1..=VISITORS {
        visit(play.harness, number)?;
    }
    let deadline = Instant::now() + play.harness.patience;
    let more = |harness: &Harness| Some(harness.descriptors()?.saturating_sub(before?));
    let is_over = |harness: &Harness| more(harness).is_none_or(|more| more <= SPARE);
    if !play.harness.wait_for(deadline, is_over) {
        let more = more(play.harness).unwrap_or_default();
        let seen = format!("leave the server with {more} descriptors more");
        let action = format!("{VISITORS} visitors come and go");
        return Err(measured(play.harness, &action, seen, KEEPS_CONNECTIONS));
    }
    Ok(passed(format!(
        "{VISITORS} visitors come and go: nothing of them stays"
    )))
}

/// A client connects, and leaves as soon as alice has received the notice.
fn visit(harness: &mut Harness, number: usize) -> Result<(), Problem> {
    let patience = harness.patience;
    let visitor = harness.server.connect(patience).ok();
    let Some(address) = visitor
        .as_ref()
        .and_then(|visitor| visitor.local_addr().ok())
    else {
        return Err(no_visit(
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
    Err(no_visit(harness, number, verb, Some(ALICE), verdict))
}

/// A server that has ended says more than a silence does.
fn no_visit(
    harness: &mut Harness,
    number: usize,
    verb: &str,
    hearer: Option<ClientId>,
    verdict: Verdict,
) -> Problem {
    let (hearer, verdict) = match harness.exit_status() {
        Some(status) => (None, Verdict::Exited(status)),
        None => (hearer, verdict),
    };
    let action = format!("visitor {number} of {VISITORS} {verb}");
    let mut failure = failed(harness, &action, verdict);
    failure.hearer = hearer;
    failure.into()
}

/// Clients that have not read all close their connections at once: each of these is a reset. Where
/// the server first notices one of them, it can no longer write to the others. It may notice before
/// they reset, so there are several rounds.
pub fn reset_at_once(harness: &mut Harness) -> Finding {
    const ROUNDS: usize = 5;
    const TOGETHER: usize = 3;
    let last = ROUNDS * TOGETHER + 1;
    let mut play = room(harness, 3, 1, last + 1)?;
    for round in 0..ROUNDS {
        let all: Vec<ClientId> = (round * TOGETHER + 1..).take(TOGETHER).collect();
        play = join_and_leave_unread(play, &all, round)?;
        let seen = "alice does not hear of each of them, once, that it left";
        play = survives(play, &[reset_together(&all)], seen)?;
    }
    let after = [connects(last), says(last, "one"), says(ALICE, "two")];
    survives(play, &after, AFTERWARDS)?;
    Ok(passed(
        "three clients reset at once, again and again: alice hears it, and others can come",
    ))
}

/// They connect, and leave unread what alice says. What differs in the first round is no reset's
/// fault.
fn join_and_leave_unread<'s, 'a>(
    mut play: Playback<'s, 'a>,
    all: &[ClientId],
    round: usize,
) -> Playing<'s, 'a> {
    play.stalled.extend(all);
    let come = all.iter().map(|who| connects(*who));
    let come: Vec<Turn> = come.chain([says(ALICE, "unread")]).collect();
    let play = if round == 0 {
        run(play, &come)?
    } else {
        survives(play, &come, AFTERWARDS)?
    };
    for who in all {
        play.harness.wait_for_unread(*who);
    }
    Ok(play)
}

fn reset_together(all: &[ClientId]) -> Turn {
    turn(all.iter().map(|who| Act {
        who: *who,
        action: Action::Reset,
    }))
}

const AFTERWARDS: &str = "those who are left, or come next, do not hear each other";

fn survives<'s, 'a>(mut play: Playback<'s, 'a>, turns: &[Turn], seen: &str) -> Playing<'s, 'a> {
    if play.run_until_wrong(turns) {
        return Ok(play);
    }
    let action = "three clients reset at once,";
    Err(observed(play.harness, action, seen, RESETS_AT_ONCE))
}
