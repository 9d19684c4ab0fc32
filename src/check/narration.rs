//! Sessions in words: actions, and what clients received.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::contract::{Action, ClientId, Expected};
use crate::model::recording::{RecordedTurn, Recording};
use crate::model::session::{NAMES, Turn};
use crate::runner::harness::masked;
use crate::runner::playback::Playback;
use crate::text::{quoted, quoted_whole};

type Addresses = [(ClientId, SocketAddr)];

/// `alice, bob and carol`.
fn all_of(clients: &[ClientId]) -> String {
    let names: Vec<&str> = clients.iter().map(|who| NAMES[*who]).collect();
    match names.as_slice() {
        [] => String::new(),
        [name] => (*name).to_string(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The actions of a turn: `alice says "hi"`.
fn actions(turn: &Turn, addresses: &Addresses) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut actor = None;
    for act in &turn.acts {
        let what = match &act.action {
            Action::Connect => "connects".to_string(),
            Action::Send(bytes) => sent(bytes, addresses),
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

/// The same with the turns before that belong to it: a sentinel only reveals the result of the turn
/// before it, and a line may be sent in pieces.
pub fn actions_until(session: &[Turn], turn: usize, addresses: &Addresses) -> String {
    let mut first = turn - usize::from(session[turn].is_sentinel).min(turn);
    while first > 0 && is_unfinished(&session[first - 1]) {
        first -= 1;
    }
    let turns = session[first..=turn].iter();
    let turns: Vec<String> = turns.map(|turn| actions(turn, addresses)).collect();
    turns.join(", then ")
}

/// Whether it sends only a part of a line.
fn is_unfinished(turn: &Turn) -> bool {
    let is_part =
        |action: &Action| matches!(action, Action::Send(bytes) if !bytes.ends_with(b"\n"));
    turn.acts.iter().all(|act| is_part(&act.action))
}

/// "says" means a full line (text plus newline); "sends" means exactly those bytes.
fn sent(bytes: &[u8], addresses: &Addresses) -> String {
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

/// A turn that passed, and how long it took until every client had received it. None if the turn
/// proves nothing.
pub fn passed(playback: &Playback, turn: &Turn) -> Option<(String, Option<Duration>)> {
    let actions = actions(turn, &playback.harness.addresses());
    if let Some(heard) = heard(playback, turn) {
        return Some((format!("{actions}, {heard}"), Some(playback.took)));
    }
    let is_other = |who: &ClientId| turn.acts.iter().all(|act| act.who != *who);
    let others: Vec<ClientId> = playback.contract.people().filter(is_other).collect();
    let connects = turn.acts.iter().all(|act| act.action == Action::Connect);
    let text = match others.as_slice() {
        _ if !connects => actions,
        [] => return None,
        [one] => format!("{actions} while {} stays", NAMES[*one]),
        several => format!("{actions} while {} stay", all_of(several)),
    };
    Some((text, None))
}

/// Something that a client received.
#[derive(PartialEq)]
enum Heard {
    Back(String),
    Line(String),
    End,
}

/// What the clients received in a turn that passed: `alice and bob hear "…"`; none if nothing.
fn heard(playback: &Playback, turn: &Turn) -> Option<String> {
    let actor = turn.acts.first().map(|act| act.who);
    let mut groups: Vec<(Vec<Heard>, Vec<ClientId>)> = Vec::new();
    for (who, expected) in playback.last_expected.iter().enumerate() {
        if expected.is_empty() || !playback.can_receive(who) {
            continue;
        }
        let sent = turn.acts.iter().find_map(|act| match &act.action {
            Action::Send(bytes) if actor == Some(who) => Some(bytes),
            _ => None,
        });
        let heard = expected
            .iter()
            .map(|one| heard_by(playback, who, one, sent))
            .collect();
        match groups.iter_mut().find(|(other, _)| *other == heard) {
            Some((_, receivers)) => receivers.push(who),
            None => groups.push((heard, vec![who])),
        }
    }
    groups.sort_by_key(|(_, receivers)| actor.is_none_or(|actor| receivers != &[actor]));
    let parts = groups.iter().map(|(heard, receivers)| {
        let heard = in_words(heard, receivers.len() > 1);
        match receivers.as_slice() {
            [one] if actor == Some(*one) => heard,
            receivers => format!("{} {heard}", all_of(receivers)),
        }
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn heard_by(
    playback: &Playback,
    who: ClientId,
    expected: &Expected,
    sent: Option<&Vec<u8>>,
) -> Heard {
    let shown = |bytes: &[u8]| quoted(&playback.harness.masked(bytes));
    let last = playback.recording.turns.last();
    let all = last.map_or(&[][..], |turn| &turn.heard[who]);
    match expected {
        Expected::Bytes(bytes) if !playback.contract.is_chat() && sent == Some(bytes) => {
            Heard::Back(shown(bytes))
        }
        Expected::Bytes(bytes) => Heard::Line(shown(bytes)),
        Expected::Matches(_) if all.is_empty() => Heard::Line("nothing".to_string()),
        Expected::Matches(_) => Heard::Line(shown(all)),
        Expected::End { .. } => Heard::End,
    }
}

/// `hears "one" and "two", is disconnected`.
fn in_words(heard: &[Heard], are_several: bool) -> String {
    let verb = if are_several { "hear" } else { "hears" };
    let mut text = String::new();
    for heard in heard {
        let part = match heard {
            Heard::Line(line) if !text.is_empty() => {
                text += &format!(" and {line}");
                continue;
            }
            Heard::Line(line) => format!("{verb} {line}"),
            Heard::Back(line) => format!("gets {line} back"),
            Heard::End => "is disconnected".to_string(),
        };
        if !text.is_empty() {
            text += ", ";
        }
        text += &part;
    }
    text
}

/// A session up to the failing turn, one line per turn, with what clients received in it.
pub fn session(recording: &Recording, addresses: &Addresses) -> Vec<String> {
    const HEARD: usize = 46;
    let played = recording.session.iter().zip(recording.turns_until_wrong());
    let shown = played.filter(|(turn, kept)| !turn.is_sentinel || kept.is_waited_out);
    let line = |(turn, kept): (&Turn, &RecordedTurn)| {
        let actions = actions(turn, addresses);
        let all = kept.heard.iter().enumerate();
        let all = all.filter(|(_, bytes)| !bytes.is_empty());
        let all = all.map(|(who, bytes)| {
            let text = masked(bytes, &NAMES, addresses);
            format!("{} hears {}", NAMES[who], quoted(&text))
        });
        match all.collect::<Vec<_>>().join("; ").as_str() {
            "" => actions,
            heard => format!("{actions:<HEARD$} {heard}"),
        }
    };
    shown.map(line).collect()
}
