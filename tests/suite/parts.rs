//! Unit tests of the parts of the steps that need no running server.

#[path = "../../steps/5-commands/clock.rs"]
mod clock;
#[path = "../../steps/6-names/commands.rs"]
mod commands;
#[path = "../../steps/4-lines/display.rs"]
mod display;
#[path = "../../steps/4-lines/lines.rs"]
mod lines;
#[path = "../../steps/7-outboxes/output.rs"]
#[allow(dead_code, unused_macros)]
pub mod output;
#[path = "../../steps/12-instances/redis.rs"]
#[allow(dead_code)]
mod redis;
#[path = "../../steps/10-accounts/sha256.rs"]
mod sha256;
#[path = "../../steps/12-instances/turns.rs"]
mod turns;

mod calendar;
mod commands_of_lines;
mod framing;
mod hashes;
mod replies;
mod taking_turns;
