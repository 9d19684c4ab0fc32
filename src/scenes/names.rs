//! Step 5: names and commands.

use super::{Scene, a_room_for_two};
use crate::cause::Cause;
use crate::failure::{Explain, Failure, Outcome};
use crate::stage::Stage;
use crate::verdict::Verdict;

pub const SCENES: &[Scene] = &[
    Scene::drawn("a name", &["alice", "bob"], a_name),
    Scene::played("a name has one owner", one_owner),
    Scene::played("commands", commands),
    Scene::played("goodbye", goodbye),
];

fn a_name(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.says("alice", "/nick Alice");
    s.all_hear(&["alice", "bob"], "{alice} is now Alice")
        .map_err(|f| why_no_name(s, f))?;
    s.says("alice", "hello");
    s.all_hear(&["alice", "bob"], "Alice says: hello")
}

/// Alice has no name. Is there somebody else who waits for her?
fn why_no_name(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if failure.got("{alice} says: /nick Alice\\n") {
        return failure.because(Cause::NoNames);
    }
    s.says("bob", "hm?");
    if s.comes_to_hear("bob", "{bob} says: hm?").is_some() {
        return match failure.hearer {
            Some("bob") => failure.because_if(Failure::is_silence, Cause::TellsOnlySender),
            _ => failure,
        };
    }
    s.says("alice", "yes");
    match s.comes_to_hear("bob", "{bob} says: hm?") {
        Some(_) => failure.shows(
            "then bob spoke, and nobody heard it until alice had answered",
            Cause::LockWhileAsking,
        ),
        None => failure,
    }
}

fn one_owner(s: &mut Stage) -> Outcome {
    const BOTH: &[&str] = &["alice", "bob"];
    a_room_for_two(s)?;
    s.says("alice", "/nick Alice");
    s.all_hear(BOTH, "{alice} is now Alice")?;
    s.says("bob", "/nick aLICE");
    is_refused(s, "bob").because_if(Failure::is_other_text, Cause::SameName)?;
    s.says("bob", "/nick 10.0.0.1");
    is_refused(s, "bob").because_if(Failure::is_other_text, Cause::AddressAsName)?;
    for name in ["Al", "abcdefghijklmnop", "al_ice"] {
        s.says("bob", &format!("/nick {name}"));
        is_refused(s, "bob").because_if(Failure::is_other_text, Cause::BadName)?;
    }
    s.says("bob", "/nick bob");
    s.all_hear(BOTH, "{bob} is now bob")
        .because_if(Failure::is_overheard, Cause::PublicAnswer)?;
    s.leaves("alice");
    s.hears("bob", "Alice left the chat.").because_if(
        |seen| seen.got("{alice} left the chat.\\n"),
        Cause::LeftByAddress,
    )?;
    s.says("bob", "/nick alice");
    s.hears("bob", "bob is now alice")
        .because(Cause::NameStaysTaken)
}

/// Whoever asked for a name hears why not, and so nobody hears that it has it now.
fn is_refused(s: &mut Stage, name: &str) -> Outcome {
    s.hears_such(name, "a refusal", |line| !line.contains(" is now "))
}

fn commands(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.says("alice", "/up Hello");
    s.hears("alice", "HELLO")
        .because_if(is_unknown, Cause::NoCommand)?;
    s.says("alice", "/down Hello");
    s.hears("alice", "hello")?;
    s.sends("alice", b"/up as telnet sends it\r\n");
    s.hears("alice", "AS TELNET SENDS IT")
        .because_if(Failure::is_other_text, Cause::KeepsCarriageReturn)?;
    s.says("alice", "/time");
    s.hears_such(
        "alice",
        "2026-11-22 14:05:09 UTC, or whatever it is now",
        is_time,
    )
    .because_if(is_unknown, Cause::NoCommand)?;
    s.says("alice", "/quitter");
    s.hears("alice", "Unknown command: /quitter. Try /help.")
        .because_if(Failure::is_closed, Cause::CommandByPrefix)
        .because_if(|seen| seen.got("Bye.\\n"), Cause::CommandByPrefix)?;
    s.says("alice", "/nick Al-1");
    s.all_hear(&["alice", "bob"], "{alice} is now Al-1")
        .because_if(Failure::is_overheard, Cause::PublicAnswer)?;
    s.says("bob", "/who");
    s.hears("bob", "{bob}, Al-1")
        .or_else(|failure| match failure.verdict {
            // What stands around the names is the server's own, but all must be in it, and sorted.
            Verdict::WrongBytes { ref got, .. } if are_in_order(got, "{bob}", "Al-1") => Ok(()),
            _ => Err(failure),
        })
        .because_if(is_unknown, Cause::NoCommand)
}

/// Whether the server does not know a command: it says so, or tells it to everybody, or nothing.
fn is_unknown(seen: &Failure) -> bool {
    seen.has("nknown command") || seen.is_told_to_all() || seen.is_silence()
}

fn are_in_order(text: &str, first: &str, second: &str) -> bool {
    text.split_once(first)
        .is_some_and(|(_, rest)| rest.contains(second))
}

/// Whether this is a time as `/time` tells it: every digit may be another.
fn is_time(line: &str) -> bool {
    let digits_aside = line.replace(|c: char| c.is_ascii_digit(), "0");
    digits_aside == "0000-00-00 00:00:00 UTC"
}

fn goodbye(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("bob", b"last words\n/exit\nand another thing\n");
    s.all_hear(&["alice", "bob"], "{bob} says: last words")
        .because(Cause::LosesLastLine)?;
    s.hears("alice", "{bob} left the chat.")
        .because_if(Failure::is_other_text, Cause::HeardAfterExit)?;
    s.hears("bob", "Bye.")
        .map_err(|failure| failure.in_words("bob has said /exit"))
        .because_if(Failure::is_reset, Cause::LosesBye)
        .because_if(Failure::is_closed, Cause::NoBye)?;
    s.sees_end("bob")
        .because_if(Failure::is_reset, Cause::LosesBye)
        .because_if(Failure::is_left_open, Cause::NotEndedByClient)?;
    s.says("alice", "alone again");
    s.hears("alice", "{alice} says: alone again")
        .because_if(Failure::is_extra, Cause::HeardAfterExit)
}
