//! Step 3: what a visitor leaves behind, and how visitors go. How many descriptors a server holds, and who leaves what
//! unread, cannot be said in turns.

use std::time::Instant;

use super::stalled::found;
use crate::check::failure::{Failure, Outcome};
use crate::model::contract::Action;
use crate::model::matching::lines;
use crate::model::session::{ALICE, Act, a_room_of, connects, says, turn};
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

/// So many come and go, one after the other.
const VISITORS: usize = 50;
/// So many descriptors a right server may still be about to close, or may keep for itself.
const SPARE: usize = 10;

pub fn come_and_go(stage: &mut Harness) -> Outcome {
    let mut play = Playback::begin(stage, 3, &[connects(ALICE)]);
    if !play.run_until_wrong(&a_room_of(1)) {
        return Err(Failure::of(play));
    }
    let before = play.harness.descriptors();
    for _ in 0..VISITORS {
        if !visits(play.harness) {
            return Ok(()); // That nobody is told, other scenes say better.
        }
    }
    let deadline = Instant::now() + play.harness.patience;
    let holds = |stage: &Harness| stage.descriptors().zip(before);
    let is_over = |stage: &Harness| holds(stage).is_none_or(|(now, before)| now <= before + SPARE);
    if !play.harness.wait_for(deadline, is_over) {
        let (now, before) = holds(play.harness).unwrap_or_default();
        let seen = format!("leave the server with {} descriptors more", now - before);
        let did = format!("{VISITORS} visitors come and go");
        let causes = (
            "your server keeps the connections of clients that have left: one day it has no descriptor for the next.",
            "the list: a client that leaves must be taken out of it, and every clone of its stream dropped.",
        );
        return Err(found(&play, &did, &seen, causes));
    }
    let passed = format!("{VISITORS} visitors come and go: nothing of them stays");
    play.harness.observer.passed(&passed, None);
    Ok(())
}

/// Some have not read all, and close their connections at once: each of these is a reset. Where the server tells first
/// that one of them left, it cannot write to the others any more. It may have told before they reset, so we try again.
pub fn reset_at_once(stage: &mut Harness) -> Outcome {
    const ROUNDS: usize = 5;
    const TOGETHER: usize = 3;
    let last = ROUNDS * TOGETHER + 1;
    let mut play = Playback::begin(stage, 3, &[connects(last)]);
    if !play.run_until_wrong(&a_room_of(1)) {
        return Err(Failure::of(play));
    }
    for round in 0..ROUNDS {
        let all = round * TOGETHER + 1..=(round + 1) * TOGETHER;
        play.stalled.extend(all.clone());
        let come = all.clone().map(connects).chain([says(ALICE, "unread")]);
        if !play.run_until_wrong(&come.collect::<Vec<_>>()) {
            return Err(if round == 0 {
                Failure::of(play)
            } else {
                not_survived(&play, AFTERWARDS)
            });
        }
        for who in all.clone() {
            play.harness.wait_for_unread(who);
        }
        let action = Action::Reset;
        let resets = turn(all.map(|who| Act {
            who,
            action: action.clone(),
        }));
        if !play.turn(&resets) {
            let seen = "alice does not hear of each of them, once, that it left";
            return Err(not_survived(&play, seen));
        }
    }
    let after = [connects(last), says(last, "one"), says(ALICE, "two")];
    if !play.run_until_wrong(&after) {
        return Err(not_survived(&play, AFTERWARDS));
    }
    let passed =
        "three clients reset at once, again and again: alice hears it, and others can come";
    play.harness.observer.passed(passed, None);
    Ok(())
}

const AFTERWARDS: &str = "those who are left, or come next, do not hear each other";

fn not_survived(play: &Playback, seen: &str) -> Box<Failure> {
    let causes = (
        "your server does not survive that several clients reset their connections at once.",
        "what follows a write that fails: that client is about to leave anyway. An unwrap, a break or a ? there hits those who stay.",
    );
    found(play, "three clients reset at once,", seen, causes)
}

/// Somebody comes, and goes as soon as alice has heard of it. False if she hears nothing.
fn visits(stage: &mut Harness) -> bool {
    let patience = stage.patience;
    let Ok(visitor) = stage.server.connect(patience) else {
        return false;
    };
    let Ok(address) = visitor.local_addr() else {
        return false;
    };
    let is_told = |stage: &mut Harness, what: &str| {
        let notice = format!("{address} {what} the chat.\n").into_bytes();
        let hears =
            |stage: &Harness| lines(&stage.clients[ALICE].unread).any(|line| line == notice);
        stage.wait_for(Instant::now() + patience, hears)
    };
    let has_come = is_told(stage, "joined");
    drop(visitor);
    has_come && is_told(stage, "left")
}
