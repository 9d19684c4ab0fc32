//! The parts of the steps that need no running server: each is tried once, whichever steps use it.

#[path = "../../steps/5-names/clock.rs"]
mod clock;
#[path = "../../steps/5-names/commands.rs"]
#[expect(dead_code, reason = "the room's answers are tried on running servers")]
mod commands;
#[path = "../../steps/4-lines/lines.rs"]
mod lines;

mod calendar;
mod commands_of_lines;
mod framing;
