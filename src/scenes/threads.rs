//! Step 2: an echo for many.

use super::Scene;
use crate::cause::Cause;
use crate::failure::{Explain, Failure, Outcome};
use crate::stage::Stage;
use crate::terminal::milliseconds;

pub const SCENES: &[Scene] = &[
    Scene::drawn(
        "two clients at once",
        &["alice", "bob"],
        two_clients_at_once,
    ),
    Scene::played("twenty clients, and a silent one", twenty_clients),
];

fn two_clients_at_once(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says_and_gets_back("alice", "hi")?;
    s.connects("bob")?;
    s.tells("bob connects while alice stays");
    s.says_and_gets_back("bob", "yo")
        .map_err(|failure| why_bob_waits(s, failure))?;
    // Had bob's word gone to alice too, it would come before the answer to her next one.
    s.says_and_gets_back("alice", "still here")
        .because_if(Failure::is_extra, Cause::AnswersEverybody)
}

/// Bob gets no answer. Does he get it when alice leaves?
fn why_bob_waits(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if s.has_heard("alice", "yo\n") {
        return failure.shows("alice heard it instead", Cause::AnswersSomebodyElse);
    }
    s.leaves("alice");
    match s.comes_to_hear("bob", "yo") {
        Some(later) => failure.shows(
            format!(
                "then alice left, and bob's \"yo\" came {} later",
                milliseconds(later)
            ),
            Cause::OneAtATime,
        ),
        None => failure,
    }
}

const CROWD: [&str; 20] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim",
    "leo", "mia", "nina", "oscar", "peggy", "rupert", "sybil", "trent", "victor",
];

fn twenty_clients(s: &mut Stage) -> Outcome {
    s.connects("mallory")?;
    for name in CROWD {
        s.connects(name)?;
    }
    s.quietly(|s| {
        CROWD.iter().try_for_each(|name| {
            let text = format!("{name} here");
            s.says_and_gets_back(name, &text)
                .map_err(|failure| whom_it_waits_for(s, failure, name, &text))
        })
    })?;
    s.tells("twenty clients get their answers, while mallory says nothing");
    s.says_and_gets_back("mallory", "sorry, I was away")?;
    s.half_closes("mallory");
    s.sees_end("mallory")
        .because_if(Failure::is_left_open, Cause::NotEndedByClient)
}

/// One of many gets no answer. Does it when mallory speaks, or when others leave?
fn whom_it_waits_for(s: &mut Stage, failure: Box<Failure>, name: &str, text: &str) -> Box<Failure> {
    if !failure.is_silence() {
        return failure;
    }
    s.says("mallory", "hm?");
    if s.comes_to_hear(name, text).is_some() {
        return failure.shows(
            "then mallory said something, and it came",
            Cause::WaitsForFirstWord,
        );
    }
    for other in CROWD.iter().take_while(|other| **other != name) {
        s.leaves(other);
    }
    match s.comes_to_hear(name, text) {
        Some(_) => failure.shows("then others left, and it came", Cause::LimitedNumber),
        None => failure,
    }
}
