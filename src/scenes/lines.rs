//! Step 4: whole lines.

use super::{Scene, a_room_for_two};
use crate::stage::Stage;
use crate::verdict::{Cause, Failure, Outcome};

pub const SCENES: &[Scene] = &[
    Scene::drawn(
        "a line in two packets",
        &["alice", "bob"],
        line_in_two_packets,
    ),
    Scene::played("lines as they come", lines_as_they_come),
    Scene::played("lines that are refused", refused_lines),
    Scene::played("the last line", last_line),
];

fn line_in_two_packets(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("alice", b"hel");
    s.pauses();
    s.sends("alice", b"lo\n");
    s.all_hear(&["alice", "bob"], "{alice} says: hello")
        .map_err(|failure| failure.because_of_bytes(Cause::TornLine))
}

fn lines_as_they_come(s: &mut Stage) -> Outcome {
    const BOTH: &[&str] = &["alice", "bob"];
    a_room_for_two(s)?;
    s.sends("alice", b"one\ntwo\n");
    let two = |failure: Box<Failure>| {
        failure
            .because_of_bytes(Cause::GluedLines)
            .because_if_silent(Cause::LosesRest)
    };
    s.all_hear(BOTH, "{alice} says: one").map_err(two)?;
    s.all_hear(BOTH, "{alice} says: two").map_err(two)?;
    s.sends("bob", b"as telnet ends it\r\n");
    s.all_hear(BOTH, "{bob} says: as telnet ends it")
        .map_err(|failure| failure.because_of_bytes(Cause::KeepsCarriageReturn))?;
    s.sends("alice", b"caf\xc3");
    s.pauses();
    s.sends("alice", b"\xa9\n");
    s.all_hear(BOTH, "{alice} says: café")
        .map_err(|failure| failure.because_of_bytes(Cause::CutCharacter))
}

fn refused_lines(s: &mut Stage) -> Outcome {
    const BOTH: &[&str] = &["alice", "bob"];
    a_room_for_two(s)?;
    s.sends("bob", b"\n\r\n");
    s.says("bob", "that was nothing");
    s.all_hear(BOTH, "{bob} says: that was nothing")
        .map_err(|failure| failure.because_of_bytes(Cause::EmptyLine))?;
    s.sends("bob", b"caf\xe9 \xff\xfe\n");
    s.hears("bob", "Not valid UTF-8: the line was not sent.")
        .map_err(|failure| {
            failure
                .because_if_closed(Cause::GivesUpOnBytes)
                .because_if_said(Cause::PassesBytes)
                .because_if_silent(Cause::RefusesWrongly)
        })?;
    s.sends("bob", b"\x1b[2Jgone?\x07\tno\n");
    s.all_hear(BOTH, "{bob} says: \u{fffd}[2Jgone?\u{fffd}\tno")
        .map_err(|failure| {
            failure
                .because_if_overheard(Cause::PublicAnswer)
                .because_if_got("\\u{1b}", Cause::PassesControls)
                .because_if_got("\\u{7}", Cause::PassesControls)
                .because_of_bytes(Cause::RemovesControls)
        })?;
    let longest = "x".repeat(4096);
    s.says("bob", &longest);
    s.all_hear(BOTH, &format!("{{bob}} says: {longest}"))
        .map_err(|failure| failure.because_of_bytes(Cause::LimitTooLow))?;
    s.says("bob", &format!("{longest}x"));
    s.hears("bob", "Line too long: the limit is 4096 bytes.")
        .map_err(|failure| {
            failure
                .because_if_said(Cause::NoLimit)
                .because_if_closed(Cause::RefusesWrongly)
                .because_if_silent(Cause::RefusesWrongly)
        })?;
    s.says("bob", &"x".repeat(10_000));
    s.hears("bob", "Line too long: the limit is 4096 bytes.")?;
    s.says("bob", "sorry");
    s.all_hear(BOTH, "{bob} says: sorry").map_err(|failure| {
        failure
            .because_if_got("xxx", Cause::RefusesTwice)
            .because_if_overheard(Cause::PublicAnswer)
            .because_if_got("Line too long", Cause::RefusesTwice)
            .because_if_got(" left the chat.", Cause::RefusesWrongly)
            .because_if_closed(Cause::RefusesWrongly)
    })
}

fn last_line(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("bob", b"bye");
    s.half_closes("bob");
    s.all_hear(&["alice", "bob"], "{bob} says: bye")
        .map_err(|failure| failure.because(Cause::LosesLastLine))?;
    s.hears("alice", "{bob} left the chat.")?;
    s.sees_end("bob")
}
