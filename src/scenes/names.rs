//! Step 5: names and commands.

use super::{Scene, a_room_for_two};
use crate::stage::Stage;
use crate::verdict::{Cause, Failure, Outcome, Verdict};

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
            Some("bob") => failure.because_if_silent(Cause::TellsOnlySender),
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
    is_refused(s, "bob").map_err(|failure| failure.because_of_bytes(Cause::SameName))?;
    s.says("bob", "/nick 10.0.0.1");
    is_refused(s, "bob").map_err(|failure| failure.because_of_bytes(Cause::AddressAsName))?;
    for name in ["Al", "abcdefghijklmnop", "al_ice"] {
        s.says("bob", &format!("/nick {name}"));
        is_refused(s, "bob").map_err(|failure| failure.because_of_bytes(Cause::BadName))?;
    }
    s.says("bob", "/nick bob");
    s.all_hear(BOTH, "{bob} is now bob")
        .map_err(|failure| failure.because_if_overheard(Cause::PublicAnswer))?;
    s.leaves("alice");
    s.hears("bob", "Alice left the chat.").map_err(|failure| {
        let by_address = failure.got("{alice} left the chat.\\n");
        if by_address {
            failure.because(Cause::LeftByAddress)
        } else {
            failure
        }
    })?;
    s.says("bob", "/nick alice");
    s.hears("bob", "bob is now alice")
        .map_err(|failure| failure.because(Cause::NameStaysTaken))
}

/// Whoever asked for a name hears why not, and so nobody hears that it has it now.
fn is_refused(s: &mut Stage, name: &str) -> Outcome {
    s.hears_such(name, "a refusal", |line| !line.contains(" is now "))
}

fn commands(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.says("alice", "/up Hello");
    s.hears("alice", "HELLO").map_err(is_unknown)?;
    s.says("alice", "/down Hello");
    s.hears("alice", "hello")?;
    s.sends("alice", b"/up as telnet sends it\r\n");
    s.hears("alice", "AS TELNET SENDS IT")
        .map_err(|failure| failure.because_of_bytes(Cause::KeepsCarriageReturn))?;
    s.says("alice", "/time");
    s.hears_such(
        "alice",
        "2026-11-22 14:05:09 UTC, or whatever it is now",
        is_time,
    )
    .map_err(is_unknown)?;
    s.says("alice", "/quitter");
    s.hears("alice", "Unknown command: /quitter. Try /help.")
        .map_err(|failure| {
            if failure.got("Bye.\\n") {
                failure.because(Cause::CommandByPrefix)
            } else {
                failure.because_if_closed(Cause::CommandByPrefix)
            }
        })?;
    s.says("alice", "/nick Al-1");
    s.all_hear(&["alice", "bob"], "{alice} is now Al-1")
        .map_err(|failure| failure.because_if_overheard(Cause::PublicAnswer))?;
    s.says("bob", "/who");
    s.hears("bob", "{bob}, Al-1")
        .or_else(|failure| match failure.verdict {
            // What stands around the names is the server's own, but all must be in it, and sorted.
            Verdict::WrongBytes { ref got, .. } if are_in_order(got, "{bob}", "Al-1") => Ok(()),
            _ => Err(is_unknown(failure)),
        })
}

/// Whether the server does not know a command: it says so, or tells it to everybody, or nothing.
fn is_unknown(failure: Box<Failure>) -> Box<Failure> {
    match &failure.verdict {
        Verdict::WrongBytes { got, .. } if got.contains("nknown command") => {
            failure.because(Cause::NoCommand)
        }
        _ => failure
            .because_if_said(Cause::NoCommand)
            .because_if_silent(Cause::NoCommand),
    }
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
        .map_err(|failure| failure.because(Cause::LosesLastLine))?;
    s.hears("alice", "{bob} left the chat.")
        .map_err(|failure| failure.because_of_bytes(Cause::HeardAfterExit))?;
    s.hears("bob", "Bye.")
        .map_err(|failure| match failure.verdict {
            Verdict::ConnectionReset => failure.because(Cause::LosesBye),
            _ => failure
                .in_words("bob has said /exit")
                .because_if_closed(Cause::NoBye),
        })?;
    s.sees_end("bob").map_err(|failure| match failure.verdict {
        Verdict::ConnectionReset => failure.because(Cause::LosesBye),
        _ => failure.because_if_open(Cause::NotEndedByClient),
    })?;
    s.says("alice", "alone again");
    s.hears("alice", "{alice} says: alone again")
        .map_err(|failure| failure.because_if_extra(Cause::HeardAfterExit))
}
