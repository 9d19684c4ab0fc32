//! Step 6: a room that nobody can freeze.

use std::time::Instant;

use super::{Scene, a_room_for_two};
use crate::cause::Cause;
use crate::failure::{Explain, Failure, Outcome};
use crate::stage::{LONG_LINE, Stage, lines_in_transit};
use crate::verdict::Verdict;

pub const SCENES: &[Scene] = &[
    Scene::drawn(
        "somebody reads nothing for a while",
        &["alice", "bob", "carol"],
        reads_later,
    ),
    Scene::played("an answer among broadcasts", answer_in_order),
    Scene::played("somebody never reads", never_reads),
    Scene::played("many come, read nothing, and go", nothing_stays),
];

/// What step 6 does not do yet. No check asks for it: there is no step that does.
pub const IMPOSTOR: Scene = Scene::drawn("an impostor", &["alice", "bob", "mallory"], impostor);

/// What a client that does not read may let wait: half of it is no reason to be disconnected, four times as much is.
const MOST_WAITING: usize = 1024 * 1024 / LONG_LINE;

/// Alice and bob are in the room, and carol, who does not read.
fn a_room_with_a_deaf_one(s: &mut Stage, name: &'static str, others: &[&str]) -> Outcome {
    s.connects_deaf(name)?;
    s.does(name, "connects, and reads nothing");
    s.all_hear(others, &format!("{{{name}}} joined the chat."))
}

fn reads_later(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    a_room_with_a_deaf_one(s, "carol", &["alice", "bob"])?;
    let lines = s
        .pours_until_waiting("alice", &["alice", "bob"], "carol", MOST_WAITING / 2)
        .map_err(|failure| why_it_stops(s, failure))?;
    s.reads("carol");
    s.hears_all_poured("carol", "alice", lines)
        .map_err(|mut failure| {
            if !s.is_disconnected("carol") {
                failure.verdict = Verdict::Misses;
                return failure.because(Cause::DropsForSlow);
            }
            // Whatever she heard up to then.
            failure.verdict = Verdict::Closed;
            failure.because(Cause::DisconnectsSlow)
        })?;
    s.says("carol", "that was a lot");
    s.all_come_to_hear(&["alice", "bob", "carol"], "{carol} says: that was a lot")
}

/// Nobody hears anything any more. Do they when carol reads?
fn why_it_stops(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !failure.is_silence() {
        return failure;
    }
    // Which of them hears it last, chance decides.
    let failure = failure.after("alice says long lines");
    s.says("bob", "hello?");
    if s.comes_to_hear("bob", "{bob} says: hello?").is_some() {
        return failure;
    }
    s.hears_in_bulk(&["alice", "bob"]);
    s.reads("carol");
    if s.comes_to_hear("bob", "{bob} says: hello?").is_none() {
        return failure.because(Cause::FrozenRoom);
    }
    s.has_heard_all(&["alice", "bob"]);
    failure.shows(
        "bob said \"hello?\", and nothing came; then carol read, and it came at once",
        Cause::FrozenRoom,
    )
}

fn never_reads(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    a_room_with_a_deaf_one(s, "carol", &["alice", "bob"])?;
    let lines = lines_in_transit() + 4 * MOST_WAITING;
    let left = "{carol} left the chat.";
    s.quietly(|s| s.pours("alice", &["alice", "bob"], lines, left))
        .map_err(|failure| why_it_stops(s, failure))?;
    if s.has_heard_news() {
        s.tells("alice says long lines, carol reads none, and is disconnected");
        return Ok(());
    }
    s.says("alice", "where is carol?");
    s.hears("alice", left).because(Cause::UnboundedQueue)
}

fn answer_in_order(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    let begun = Instant::now();
    for _ in 0..100 {
        s.sends("bob", b"one\n/up two\nthree\n");
        s.quietly(|s| {
            s.hears("bob", "{bob} says: one")?;
            s.hears("bob", "TWO")?;
            s.hears("bob", "{bob} says: three")
        })
        .because_if(Failure::is_other_text, Cause::AnswerOutOfOrder)?;
        s.forget_what_was_done();
    }
    s.passed_as(
        "bob gets 100 answers, each between what he said before and after",
        begun.elapsed(),
    );
    Ok(())
}

/// Clients come, one after the other, let as much wait as they may, and go. What waited for them goes, too.
fn nothing_stays(s: &mut Stage) -> Outcome {
    const CAST: [&str; 5] = ["carol", "dave", "erin", "frank", "grace"];
    a_room_for_two(s)?;
    let mut memory = Vec::new();
    for name in CAST {
        s.quietly(|s| {
            a_room_with_a_deaf_one(s, name, &["alice", "bob"])?;
            s.pours_until_waiting("alice", &["alice", "bob"], name, MOST_WAITING / 2)?;
            s.leaves(name);
            s.all_hear(&["alice", "bob"], &format!("{{{name}}} left the chat."))
        })?;
        memory.push(s.memory());
    }
    let Some(memory) = memory.into_iter().collect::<Option<Vec<u64>>>() else {
        s.tells("five clients come, read nothing, and go: the talk goes on");
        return Ok(());
    };
    // The first ones make the program as large as it needs to be.
    let later = &memory[1..];
    let grown = later[later.len() - 1].saturating_sub(later[0]);
    if later.is_sorted_by(|before, after| before < after) && grown > 1024 * 1024 {
        s.sum_up("three clients come, read nothing, and go");
        return Err(s
            .fail(None, Verdict::Grows(grown))
            .because(Cause::QueueStays));
    }
    s.tells("five clients come, read nothing, and go: nothing of them stays");
    Ok(())
}

/// Alice has left, and somebody takes her name. Nobody can tell the difference.
fn impostor(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.says("alice", "/nick Alice");
    s.all_hear(&["alice", "bob"], "{alice} is now Alice")?;
    s.leaves("alice");
    s.hears("bob", "Alice left the chat.")?;
    s.joins("mallory", &["bob"])?;
    s.says("mallory", "/nick Alice");
    s.all_hear(&["bob", "mallory"], "{mallory} is now Alice")?;
    s.says("mallory", "I am back. The key?");
    s.all_hear(&["bob", "mallory"], "Alice says: I am back. The key?")?;
    s.does("mallory", "asks for the key");
    Err(s.fail(None, Verdict::Fooled).because(Cause::AnybodysName))
}
