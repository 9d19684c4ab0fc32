//! What scenes in code begin with, and go on with.

use super::finding::{Playing, differs};
use crate::model::contract::ClientId;
use crate::model::script::parse;
use crate::model::session::{Session, Turn, a_room_of, connects};
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

/// The first of the clients that will come are in the room.
pub fn room<'s, 'a>(
    harness: &'s mut Harness<'a>,
    step: usize,
    clients: usize,
    most: usize,
) -> Playing<'s, 'a> {
    let play = Playback::begin(harness, step, &[connects(most - 1)]);
    run(play, &a_room_of(clients))
}

/// Plays turns, up to the first that goes wrong.
pub fn run<'s, 'a>(mut play: Playback<'s, 'a>, turns: &[Turn]) -> Playing<'s, 'a> {
    if play.run_until_wrong(turns) {
        Ok(play)
    } else {
        Err(differs(play))
    }
}

/// The turns of a text in the program.
pub fn turns(text: &str) -> Session {
    parse(text).expect("a script that can be read")
}

/// Prints that a part of a scene went well.
pub fn report(play: &mut Playback, text: &str) {
    play.harness.observer.passed(text, None);
}

/// The line that says that a client has left.
pub fn left_notice(play: &Playback, who: ClientId) -> Vec<u8> {
    format!("{} left the chat.\n", play.contract.name(who)).into_bytes()
}
