//! Shrinks a failing session.

use std::collections::HashSet;

use crate::model::contract::Action;
use crate::model::matching::lines;
use crate::model::random::{Kind, is_playable};
use crate::model::session::{Session, Turn, clients};

/// The most sessions to try.
const MOST_TRIES: usize = 1000;

/// The smallest failing session: without any of its turns or clients it passes. `first_failing`
/// runs some, and returns the index of the first that fails.
pub fn smallest(
    session: &Session,
    kind: Kind,
    mut first_failing: impl FnMut(&[Session]) -> Option<usize>,
) -> Session {
    let mut best = session.clone();
    let mut passed: HashSet<Session> = HashSet::new();
    let mut tries = 0;
    while tries < MOST_TRIES {
        let mut new = candidates(&best);
        new.retain(|session| !passed.contains(session) && is_playable(kind, session));
        new.truncate(MOST_TRIES - tries);
        let Some(place) = first_failing(&new) else {
            break;
        };
        tries += place + 1;
        passed.extend(new.drain(..place));
        best = new.swap_remove(0);
    }
    best
}

/// Slightly smaller sessions: without a client, some turns or some bytes. Largest reductions first.
fn candidates(session: &Session) -> Vec<Session> {
    let without_clients = (0..clients(session)).rev().map(|who| {
        let keep = |turn: &Turn| {
            let mut turn = turn.clone();
            turn.acts.retain(|act| act.who != who);
            (!turn.acts.is_empty()).then_some(turn)
        };
        session.iter().filter_map(keep).collect()
    });
    let halves = [session.len() / 2, session.len() / 4].map(|length| length.max(1));
    let without_turns = halves.into_iter().chain([1]).flat_map(|length| {
        (0..session.len()).rev().step_by(length).map(move |at| {
            let mut session = session.clone();
            session.drain(at.saturating_sub(length - 1)..=at);
            session
        })
    });
    let all: Vec<Session> = without_clients
        .chain(without_turns)
        .chain(with_fewer_bytes(session))
        .collect();
    all.into_iter()
        .filter(|candidate| {
            candidate.len() <= session.len() && !candidate.is_empty() && candidate != session
        })
        .collect()
}

fn with_fewer_bytes(session: &Session) -> Vec<Session> {
    let mut sessions = Vec::new();
    for (number, turn) in session.iter().enumerate() {
        for (at, act) in turn.acts.iter().enumerate() {
            let Action::Send(bytes) = &act.action else {
                continue;
            };
            for shorter in shorter(bytes) {
                let mut session = session.clone();
                session[number].acts[at].action = Action::Send(shorter);
                sessions.push(session);
            }
        }
    }
    sessions
}

/// Fewer bytes: without a line, then with a shorter text. The line ending stays.
fn shorter(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lines: Vec<&[u8]> = lines(bytes).collect();
    let mut found: Vec<Vec<u8>> = Vec::new();
    if lines.len() > 1 {
        found.extend((0..lines.len()).map(|skipped| {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != skipped);
            kept.flat_map(|(_, line)| line.iter().copied()).collect()
        }));
    }
    let end = bytes
        .iter()
        .rposition(|byte| *byte != b'\n' && *byte != b'\r')
        .map_or(0, |at| at + 1);
    let (text, end) = bytes.split_at(end);
    let lengths = [
        2,
        text.len() / 2,
        text.len() * 3 / 4,
        text.len() * 7 / 8,
        text.len().saturating_sub(64),
        text.len().saturating_sub(8),
        text.len().saturating_sub(1),
    ];
    for length in lengths {
        if (1..text.len()).contains(&length) {
            found.push([&text[..length], end].concat());
        }
    }
    if text.len() > 2 && text.len() < 64 {
        found.push([b"hi", end].concat());
        found.push([&text[1..], end].concat());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::{a_room_of, says};

    #[test]
    fn only_what_matters_is_left() {
        let mut session = a_room_of(5);
        session.extend([
            says(3, "one"),
            says(2, "two and more"),
            says(3, "bad"),
            says(0, "three"),
        ]);
        let is_bad = |session: &Session| session.contains(&says(3, "bad"));
        let (step, contract) = (3, 3);
        let kind = Kind { step, contract };
        let small = smallest(&session, kind, |sessions| sessions.iter().position(is_bad));
        assert_eq!(small.len(), 2, "{small:?}");
    }
}
