//! Step 3: a chat.

use std::time::Instant;

use super::Scene;
use crate::cause::Cause;
use crate::failure::{Explain, Failure, Outcome};
use crate::stage::Stage;

pub const SCENES: &[Scene] = &[
    Scene::drawn("two people in one room", &["alice", "bob"], two_in_a_room),
    Scene::played("people leave", people_leave),
    Scene::played("somebody sends garbage", garbage),
    Scene::played("everybody talks at once", all_talk_at_once),
];

fn two_in_a_room(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says("alice", "hi");
    s.hears("alice", "{alice} says: hi")
        .map_err(|failure| why_no_chat(s, failure))?;
    s.connects("bob")?;
    s.does("bob", "connects");
    s.hears("alice", "{bob} joined the chat.")
        .map_err(|failure| why_no_join(s, failure))?;
    s.says("bob", "yo");
    s.all_hear(&["alice", "bob"], "{bob} says: yo")
        .map_err(|failure| why_both_wait(s, failure, "bob", "{bob} says: yo", "alice"))?;
    s.says("alice", "welcome");
    s.all_hear(&["alice", "bob"], "{alice} says: welcome")
        .map_err(|failure| why_both_wait(s, failure, "alice", "{alice} says: welcome", "bob"))
}

/// Alice does not hear what she said as a chat would tell it. Does anybody else hear her?
fn why_no_chat(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !failure.is_silence() && !failure.got("hi\\n") {
        return failure;
    }
    if s.connects("bob").is_err() {
        return failure;
    }
    s.says("bob", "hello?");
    if s.comes_to_hear("alice", "{bob} says: hello?").is_some() {
        return failure.shows(
            "then bob came, and alice heard what he said",
            Cause::SenderLeftOut,
        );
    }
    // Bob's own answer shows that his word has been dealt with: nothing more will come to alice.
    if s.comes_to_hear("bob", "hello?").is_some() {
        return failure.shows(
            "then bob came and said \"hello?\": he heard it himself, alice did not",
            Cause::NobodyHears,
        );
    }
    let cause = if failure.is_silence() {
        Cause::AnswersNobody
    } else {
        Cause::OneAtATime
    };
    failure.shows(
        "then bob came and said \"hello?\": neither he nor alice heard it",
        cause,
    )
}

/// Alice is not told of bob. Is he in? And if not, what keeps him out?
fn why_no_join(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !failure.is_silence() {
        return failure;
    }
    s.says("bob", "hello?");
    if s.comes_to_hear("bob", "{bob} says: hello?").is_some() {
        return match s.comes_to_hear("alice", "{bob} says: hello?") {
            Some(_) => failure.because(Cause::NoJoin),
            None => failure.shows(
                "then bob said \"hello?\": he heard it himself, alice did not",
                Cause::NobodyHears,
            ),
        };
    }
    s.leaves("alice");
    match s.comes_to_hear("bob", "{bob} says: hello?") {
        Some(_) => failure.shows(
            "bob said \"hello?\", and nothing came; then alice left, and it came at once",
            Cause::LockAcrossRead,
        ),
        None => failure,
    }
}

/// One of them has spoken, and nobody hears it. Do they when the other one leaves?
fn why_both_wait(
    s: &mut Stage,
    failure: Box<Failure>,
    speaker: &str,
    line: &str,
    other: &str,
) -> Box<Failure> {
    if !failure.is_silence() {
        return failure;
    }
    s.leaves(other);
    match s.comes_to_hear(speaker, line) {
        Some(_) => failure.shows(
            format!("then {other} left, and it came at once"),
            Cause::LockAcrossRead,
        ),
        None => failure,
    }
}

fn people_leave(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.quietly(|s| {
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])?;
        s.joins("carol", &["alice", "bob"])
            .map_err(|failure| why_bob_is_not_told(s, failure))
    })?;
    s.tells("alice, bob and carol are in the room");
    s.leaves("bob");
    s.all_hear(&["alice", "carol"], "{bob} left the chat.")
        .because_if(Failure::is_silence, Cause::NoLeft)
        .because_if(Failure::is_success, Cause::EndsWithClient)
        .because_if(Failure::is_closed, Cause::DeadClientStays)?;
    talk_goes_on(s, &["alice", "carol"])?;

    s.half_closes("carol");
    s.hears("alice", "{carol} left the chat.")
        .because_if(Failure::is_silence, Cause::NoLeftAfterHalfClose)?;
    s.sees_end("carol")
        .because_if(Failure::is_left_open, Cause::NotEndedByClient)?;

    s.connects_deaf("dave")?;
    s.quietly(|s| {
        s.hears("alice", "{dave} joined the chat.")?;
        s.says("dave", "oops");
        s.hears("alice", "{dave} says: oops")
    })?;
    s.resets("dave");
    s.hears("alice", "{dave} left the chat.")
        .because_if(Failure::is_silence, Cause::NoLeftAfterReset)
        .because_if(Failure::is_closed, Cause::EndsOnReset)?;
    talk_goes_on(s, &["alice"])
}

/// Bob, who has said nothing yet, is not told of carol. Is he told of others when he has spoken?
fn why_bob_is_not_told(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !failure.is_silence() || failure.hearer != Some("bob") {
        return failure;
    }
    s.says("bob", "hm?");
    if s.comes_to_hear("bob", "{bob} says: hm?").is_none() {
        return failure;
    }
    s.says("alice", "and now?");
    match s.comes_to_hear("bob", "{alice} says: and now?") {
        Some(_) => failure.shows(
            "then bob said something, and from then on he heard the others",
            Cause::NotInList,
        ),
        None => failure,
    }
}

/// Alice says two words: the first write to a connection that is closed at the other end may still work.
fn talk_goes_on(s: &mut Stage, names: &[&str]) -> Outcome {
    s.quietly(|s| {
        ["one", "two"].iter().try_for_each(|text| {
            s.says("alice", text);
            s.all_hear(names, &format!("{{alice}} says: {text}"))
        })
    })
    .map_err(|failure| failure.in_words("alice says two words"))
    .because_if(Failure::is_success, Cause::EndsWithClient)
    .because(Cause::DeadClientStays)?;
    s.tells("the talk goes on");
    Ok(())
}

fn garbage(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.quietly(|s| {
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])
    })?;
    s.sends("bob", b"caf\xe9 \xff\xfe\n");
    // Whether it is passed on, replaced, refused or dropped: the chat goes on, for bob too.
    s.gets_an_answer("bob")
        .or_else(|failure| {
            if failure.is_silence() {
                Ok(())
            } else {
                Err(failure)
            }
        })
        .because(Cause::GivesUpOnBytes)?;
    s.says("bob", "sorry");
    s.all_come_to_hear(&["alice", "bob"], "{bob} says: sorry")
        .because(Cause::GivesUpOnBytes)
}

fn all_talk_at_once(s: &mut Stage) -> Outcome {
    const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
    const ROUNDS: usize = 25;
    s.quietly(|s| {
        s.connects("alice")?;
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])?;
        s.joins("carol", &["alice", "bob"])?;
        s.joins("dave", &["alice", "bob", "carol"])
    })?;
    let begun = Instant::now();
    for round in 1..=ROUNDS {
        a_round(s, NAMES, round)?;
    }
    s.passed_as(
        "four talk at once, all see the same 100 lines",
        begun.elapsed(),
    );
    Ok(())
}

/// Everybody says one line, and sees everybody's, in the same order.
fn a_round(s: &mut Stage, names: [&str; 4], round: usize) -> Outcome {
    for name in names {
        s.says(name, &format!("{name} {round}"));
    }
    s.sum_up("all four talk at once");
    let due = names.map(|name| format!("{{{name}}} says: {name} {round}"));
    let mut first: Option<Vec<String>> = None;
    for name in names {
        let seen: Vec<String> = names
            .iter()
            .map(|_| s.take_line(name))
            .collect::<Result<_, _>>()?;
        let mut sorted = seen.clone();
        sorted.sort(); // As `due` is: the names are in the order of the alphabet.
        if sorted != due {
            return Err(s
                .fail_at_difference(name, &due, &sorted)
                .because(Cause::MixedLines));
        }
        let first = first.get_or_insert_with(|| seen.clone());
        if *first != seen {
            return Err(s
                .fail_at_difference(name, first, &seen)
                .because(Cause::OrderDiffers));
        }
    }
    s.forget_what_was_done();
    Ok(())
}
