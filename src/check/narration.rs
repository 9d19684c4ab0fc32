//! What was done and heard, in words.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::contract::{Action, ClientId, Expected};
use crate::model::recording::{RecordedTurn, Recording};
use crate::model::session::{NAMES, Turn};
use crate::runner::harness::masked;
use crate::runner::playback::Playback;
use crate::text::{quoted, quoted_whole};

/// `alice, bob and carol`.
pub fn all_of(names: &[ClientId]) -> String {
    match names {
        [] => String::new(),
        [name] => NAMES[*name].to_string(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(|who| NAMES[*who]).collect();
            format!("{} and {}", first.join(", "), NAMES[*last])
        }
    }
}

/// What is done in a turn: `alice says "hi"`.
pub fn did(turn: &Turn, addresses: &[(ClientId, SocketAddr)]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut actor = None;
    for act in &turn.acts {
        let what = match &act.action {
            Action::Connect => "connects".to_string(),
            Action::Send(bytes) => said(bytes, addresses),
            Action::HalfClose => "sends no more (half-closes)".to_string(),
            Action::Leave => "leaves".to_string(),
            Action::Reset => "resets the connection".to_string(),
        };
        parts.push(if actor == Some(act.who) {
            what
        } else {
            format!("{} {what}", NAMES[act.who])
        });
        actor = Some(act.who);
    }
    parts.join(", ")
}

/// The same with what was done shortly before, if it belongs to it: the sentinel says something only to see what came of
/// the turn before it, and a line may come in pieces.
pub fn did_until(session: &[Turn], turn: usize, addresses: &[(ClientId, SocketAddr)]) -> String {
    let mut first = turn - usize::from(session[turn].is_sentinel).min(turn);
    while first > 0 && is_unfinished(&session[first - 1]) {
        first -= 1;
    }
    let turns = session[first..=turn].iter();
    let told: Vec<String> = turns.map(|turn| did(turn, addresses)).collect();
    told.join(", then ")
}

/// Whether it sends a part of a line.
fn is_unfinished(turn: &Turn) -> bool {
    let is_part =
        |action: &Action| matches!(action, Action::Send(bytes) if !bytes.ends_with(b"\n"));
    turn.acts.iter().all(|act| is_part(&act.action))
}

/// A whole line is said; anything else is sent, and shown to the last byte.
fn said(bytes: &[u8], addresses: &[(ClientId, SocketAddr)]) -> String {
    let text = masked(bytes, &NAMES, addresses);
    let is_line = bytes.len() > 1
        && bytes.ends_with(b"\n")
        && bytes.iter().filter(|byte| b"\r\n".contains(byte)).count() == 1;
    if is_line {
        format!("says {}", quoted(&text))
    } else {
        format!("sends {}", quoted_whole(&text))
    }
}

/// What is told of a turn that went well, and how long it took until everybody had heard it.
pub fn passed(play: &Playback, turn: &Turn) -> Option<(String, Option<Duration>)> {
    let did = did(turn, &play.stage.addresses());
    let is_other = |who: &ClientId| turn.acts.iter().all(|act| act.who != *who);
    let others: Vec<ClientId> = play.contract.people().filter(is_other).collect();
    if let Some(heard) = heard(play, turn) {
        return Some((format!("{did}, {heard}"), Some(play.took)));
    }
    let came = turn.acts.iter().all(|act| act.action == Action::Connect);
    match others.as_slice() {
        _ if !came => Some((did, None)),
        [] => None,
        [one] => Some((format!("{did} while {} stays", NAMES[*one]), None)),
        several => Some((format!("{did} while {} stay", all_of(several)), None)),
    }
}

/// What everybody has heard in a turn that went well: `alice and bob hear "…"`. None if there is nothing to tell.
pub fn heard(play: &Playback, turn: &Turn) -> Option<String> {
    let actor = turn.acts.first().map(|act| act.who);
    let said = turn.acts.iter().find_map(|act| match &act.action {
        Action::Send(bytes) => Some(bytes),
        _ => None,
    });
    let last = play.record.turns.last()?;
    let mut groups: Vec<(String, Vec<ClientId>)> = Vec::new();
    for (who, expected) in play
        .last_expected
        .iter()
        .enumerate()
        .filter(|(who, expected)| play.can_hear(*who) && !expected.is_empty())
    {
        let text = what_was_heard(
            play,
            who,
            expected,
            last,
            said.filter(|_| actor == Some(who)),
        );
        match groups.iter_mut().find(|(other, _)| *other == text) {
            Some((_, hearers)) => hearers.push(who),
            None => groups.push((text, vec![who])),
        }
    }
    groups.sort_by_key(|(_, hearers)| actor.is_none_or(|actor| hearers != &[actor]));
    let told: Vec<String> = groups
        .iter()
        .map(|(text, hearers)| match hearers.as_slice() {
            [one] if actor == Some(*one) => text.clone(),
            [one] => format!("{} {text}", NAMES[*one]),
            several => format!("{} {}", all_of(several), text.replacen("hears", "hear", 1)),
        })
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn what_was_heard(
    play: &Playback,
    who: ClientId,
    expected: &[Expected],
    last: &RecordedTurn,
    said: Option<&Vec<u8>>,
) -> String {
    let shown = |bytes: &[u8]| quoted(&play.stage.masked(bytes));
    let one = |expected: &Expected| match expected {
        Expected::Bytes(bytes) if !play.contract.is_chat() && said == Some(bytes) => {
            format!("gets {} back", shown(bytes))
        }
        Expected::Bytes(bytes) => format!("hears {}", shown(bytes)),
        Expected::Matches(_) if last.heard[who].is_empty() => "hears nothing".to_string(),
        Expected::Matches(_) => format!("hears {}", shown(&last.heard[who])),
        Expected::End { .. } => "is disconnected".to_string(),
    };
    let all: Vec<String> = expected.iter().map(one).collect();
    all.join(", ").replace(", hears ", " and ")
}

/// A whole session, a line for each turn, with what was heard in it.
pub fn session(record: &Recording, addresses: &[(ClientId, SocketAddr)]) -> Vec<String> {
    const HEARD: usize = 46;
    let mut lines = Vec::new();
    for (turn, heard) in record.session.iter().zip(&record.turns) {
        let told: Vec<String> = heard
            .heard
            .iter()
            .enumerate()
            .filter(|(_, bytes)| !bytes.is_empty())
            .map(|(who, bytes)| {
                format!(
                    "{} hears {}",
                    NAMES[who],
                    quoted(&masked(bytes, &NAMES, addresses))
                )
            })
            .collect();
        let did = did(turn, addresses);
        if turn.is_sentinel && !heard.is_waited_out {
            continue;
        }
        lines.push(if told.is_empty() {
            did
        } else {
            format!("{did:<HEARD$} {}", told.join("; "))
        });
    }
    lines
}
