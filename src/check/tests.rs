//! Each mistake that the model knows is found in what it leads to: not each needs a wrong server.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitStatus;
use std::ptr;

use crate::check::scenes::{self, Scene};
use crate::model::advice::Id;
use crate::model::contract::{Action, Contract, Expected, INSTANCES, Pattern, commands_of};
use crate::model::explain::explains;
use crate::model::matching::End;
use crate::model::mistakes::{Suspect, suspects, with};
use crate::model::random::{self, Kind};
use crate::model::recording::{RecordedTurn, Recording};
use crate::model::session::{Session, Turn, after, clients, with_sentinels};

/// So many may be named together.
const MOST_NAMED: usize = 3;
/// From as many recordings as a check makes.
const RECORDINGS: usize = 8;

#[test]
fn each_mistake_is_found_in_what_it_leads_to() {
    let (mut known, mut found) = (BTreeMap::new(), BTreeSet::new());
    for step in 1..=INSTANCES {
        let sessions = sessions(step);
        for suspect in usual_suspects(step) {
            let mistake = ptr::from_ref(suspect.mistake);
            known.insert(mistake, suspect.id());
            if !found.contains(&mistake) && is_found(step, &sessions, suspect) {
                found.insert(mistake);
            }
        }
    }
    known.retain(|mistake, _| !found.contains(mistake));
    assert!(known.is_empty(), "{known:#?}");
}

/// Whether a mistake, with few others, explains all that a server with it does.
fn is_found(step: usize, sessions: &[Session], suspect: Suspect) -> bool {
    let recordings = sessions.iter().map(|one| recording(step, one, &[suspect]));
    let recordings = recordings.filter(|recording| !explains(&[], recording));
    let mut fitting = usual_suspects(step);
    for recording in recordings.take(RECORDINGS) {
        fitting.retain(|one| explains(&[*one], &recording));
    }
    let found: BTreeSet<Id> = fitting.iter().map(Suspect::id).collect();
    found.contains(suspect.id()) && found.len() <= MOST_NAMED
}

/// Each mistake in one size.
fn usual_suspects(step: usize) -> Vec<Suspect> {
    let mut all = suspects(step);
    all.retain(|one| one.size == one.mistake.sizes[0]);
    all
}

#[test]
fn a_mistake_that_shows_explains_no_right_server() {
    for session in sessions(3).iter().take(10) {
        let right = recording(3, session, &[]);
        assert!(explains(&[], &right));
        for suspect in suspects(3) {
            let shows = !explains(&[], &recording(3, session, &[suspect]));
            assert!(!shows || !explains(&[suspect], &right), "{}", suspect.id());
        }
    }
}

/// What is played in a check, the shortest first.
fn sessions(step: usize) -> Vec<Session> {
    let contract = step;
    let kind = Kind { step, contract };
    let scenes = scenes::of_step(step).iter().filter_map(Scene::session);
    let sessions = scenes.chain((0..80).map(|number| random::session(kind, 1, number)));
    let sessions = sessions.filter(|session| !asks_for_time(session) && bytes_in(session) < 50_000);
    let mut sessions: Vec<Session> = sessions.map(|one| with_sentinels(step, &one)).collect();
    sessions.sort_by_key(Vec::len);
    sessions
}

fn bytes_in(session: &Session) -> usize {
    let acts = session.iter().flat_map(|turn| &turn.acts);
    acts.map(|act| match &act.action {
        Action::Send(bytes) => bytes.len(),
        _ => 0,
    })
    .sum()
}

/// The time in a recording would have to be right.
fn asks_for_time(session: &Session) -> bool {
    let has_time = |bytes: &[u8]| bytes.windows(5).any(|part| part == b"/time");
    let mut acts = session.iter().flat_map(|turn| &turn.acts);
    acts.any(|act| matches!(&act.action, Action::Send(bytes) if has_time(bytes)))
}

/// What a server with these mistakes does in a session.
pub fn recording(step: usize, session: &[Turn], suspects: &[Suspect]) -> Recording {
    let address = |port: usize| format!("127.0.0.1:{}", 40_000 + port);
    let addresses: Vec<String> = (0..clients(session)).map(address).collect();
    let mut contract = with(Contract::new(step, addresses.clone()), suspects);
    let mut ends = vec![None; addresses.len()];
    let turns = session
        .iter()
        .map(|turn| recorded(&mut contract, turn, &mut ends))
        .collect();
    Recording {
        step,
        addresses,
        server: contract.server.clone(),
        session: session.to_vec(),
        turns,
        exit: contract.has_ended.then(ExitStatus::default),
        ..Recording::default()
    }
}

fn recorded(contract: &mut Contract, turn: &Turn, ends: &mut [Option<End>]) -> RecordedTurn {
    let due = after(contract, turn);
    for (end, due) in ends.iter_mut().zip(&due) {
        *end = end.or(due.iter().find_map(ending));
    }
    let bytes = |due: &Vec<Expected>| due.iter().flat_map(bytes).collect();
    RecordedTurn {
        heard: due.iter().map(bytes).collect(),
        ends: ends.to_vec(),
        is_waited_out: true,
        ..RecordedTurn::default()
    }
}

fn ending(due: &Expected) -> Option<End> {
    match due {
        Expected::End { in_order: true } => Some(End::InOrder),
        Expected::End { in_order: false } => Some(End::Reset),
        _ => None,
    }
}

fn bytes(due: &Expected) -> Vec<u8> {
    match due {
        Expected::Bytes(bytes) => bytes.clone(),
        Expected::Matches(Pattern::Help { step }) => {
            (commands_of(*step).join("\n") + "\n").into_bytes()
        }
        Expected::Matches(Pattern::Refusal | Pattern::LoginRefusal) => b"No.\n".to_vec(),
        _ => Vec::new(),
    }
}
