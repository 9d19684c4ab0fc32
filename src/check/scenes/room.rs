//! Helpers for scenes in code.

use super::finding::{Playing, differs};
use crate::model::contract::ClientId;
use crate::model::script::parse;
use crate::model::session::{Session, Turn, a_room_of, connects};
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

/// Puts the first clients into the room; `most` will come in all.
pub fn room<'s, 'a>(
    harness: &'s mut Harness<'a>,
    step: usize,
    clients: usize,
    most: usize,
) -> Playing<'s, 'a> {
    let playback = Playback::begin(harness, step, &[connects(most - 1)]);
    run(playback, &a_room_of(clients))
}

/// Plays turns, up to the first that goes wrong.
pub fn run<'s, 'a>(mut playback: Playback<'s, 'a>, turns: &[Turn]) -> Playing<'s, 'a> {
    if playback.run_until_wrong(turns) {
        Ok(playback)
    } else {
        Err(differs(playback))
    }
}

/// Parses a script in the source.
pub fn turns(text: &str) -> Session {
    parse(text).expect("a script that can be read")
}

/// Reports a part of a scene as passed.
pub fn report(playback: &mut Playback, text: &str) {
    playback.harness.observer.passed(text, None);
}

/// The notice that a client has left.
pub fn left_notice(playback: &Playback, who: ClientId) -> Vec<u8> {
    format!("{} left the chat.\n", playback.contract.name(who)).into_bytes()
}
