//! Step 4: whole lines.

use super::{Scene, a_room_for_two};
use crate::cause::Cause;
use crate::failure::{Explain, Failure, Outcome};
use crate::stage::Stage;

const BOTH: &[&str] = &["alice", "bob"];

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
    s.all_hear(BOTH, "{alice} says: hello")
        .because_if(Failure::is_other_text, Cause::TornLine)
}

fn lines_as_they_come(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("alice", b"one\ntwo\n");
    for line in ["{alice} says: one", "{alice} says: two"] {
        s.all_hear(BOTH, line)
            .because_if(Failure::is_other_text, Cause::GluedLines)
            .because_if(Failure::is_silence, Cause::LosesRest)?;
    }
    s.sends("bob", b"as telnet ends it\r\n");
    s.all_hear(BOTH, "{bob} says: as telnet ends it")
        .because_if(Failure::is_other_text, Cause::KeepsCarriageReturn)?;
    s.sends("alice", b"caf\xc3");
    s.pauses();
    s.sends("alice", b"\xa9\n");
    s.all_hear(BOTH, "{alice} says: café")
        .because_if(Failure::is_other_text, Cause::CutCharacter)
}

fn refused_lines(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("bob", b"\n\r\n");
    s.says("bob", "that was nothing");
    s.all_hear(BOTH, "{bob} says: that was nothing")
        .because_if(Failure::is_other_text, Cause::EmptyLine)?;
    bytes_that_are_no_text(s)?;
    control_characters(s)?;
    long_lines(s)
}

fn bytes_that_are_no_text(s: &mut Stage) -> Outcome {
    s.sends("bob", b"caf\xe9 \xff\xfe\n");
    s.hears("bob", "Not valid UTF-8: the line was not sent.")
        .because_if(Failure::is_closed, Cause::GivesUpOnBytes)
        .because_if(Failure::is_told_to_all, Cause::PassesBytes)
        .because_if(Failure::is_silence, Cause::RefusesWrongly)
}

/// What came is told with its control characters written out.
fn control_characters(s: &mut Stage) -> Outcome {
    s.sends("bob", b"\x1b[2Jgone?\x07\tno\n");
    s.all_hear(BOTH, "{bob} says: \u{fffd}[2Jgone?\u{fffd}\tno")
        .because_if(Failure::is_overheard, Cause::PublicAnswer)
        .because_if(|seen| seen.has("\\u{1b}"), Cause::PassesControls)
        .because_if(|seen| seen.has("\\u{7}"), Cause::PassesControls)
        .because_if(Failure::is_other_text, Cause::RemovesControls)
}

fn long_lines(s: &mut Stage) -> Outcome {
    const REFUSAL: &str = "Line too long: the limit is 4096 bytes.";
    let longest = "x".repeat(4096);
    s.says("bob", &longest);
    s.all_hear(BOTH, &format!("{{bob}} says: {longest}"))
        .because_if(Failure::is_other_text, Cause::LimitTooLow)?;
    s.says("bob", &format!("{longest}x"));
    s.hears("bob", REFUSAL)
        .because_if(Failure::is_told_to_all, Cause::NoLimit)
        .because_if(Failure::is_closed, Cause::RefusesWrongly)
        .because_if(Failure::is_silence, Cause::RefusesWrongly)?;
    s.says("bob", &"x".repeat(10_000));
    s.hears("bob", REFUSAL)?;
    s.says("bob", "sorry");
    s.all_hear(BOTH, "{bob} says: sorry")
        .because_if(|seen| seen.has("xxx"), Cause::RefusesTwice)
        .because_if(Failure::is_overheard, Cause::PublicAnswer)
        .because_if(|seen| seen.has("Line too long"), Cause::RefusesTwice)
        .because_if(|seen| seen.has(" left the chat."), Cause::RefusesWrongly)
        .because_if(Failure::is_closed, Cause::RefusesWrongly)
}

fn last_line(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("bob", b"bye");
    s.half_closes("bob");
    s.all_hear(BOTH, "{bob} says: bye")
        .because(Cause::LosesLastLine)?;
    s.hears("alice", "{bob} left the chat.")?;
    s.sees_end("bob")
}
