//! `hint`: a question, then the name of the API, then the shape of the code.

use std::process::ExitCode;

use crate::cli::arguments::{Arguments, Stop, UsageError};
use crate::cli::terminal::print;
use crate::course::steps::Step;

const KINDS: [&str; 3] = ["a question", "the API", "the shape of the code"];

/// Prints a hint, the first one by default.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let step = arguments.step()?;
    let step = step.ok_or_else(|| UsageError("a hint for which step?".to_string()))?;
    let which = match arguments.word()?.as_deref() {
        None | Some("1") => 1,
        Some("2") => 2,
        Some("3") => 3,
        Some(word) => {
            let error = format!("there is no hint '{word}': there are 1, 2 and 3");
            return Err(UsageError(error).into());
        }
    };
    arguments.end()?;
    Ok(print(&text(step, which)))
}

/// Hint `which` of 1 to 3.
fn text(step: &Step, which: usize) -> String {
    let Step { number, idea, .. } = step;
    let (kind, hint) = (KINDS[which - 1], step.hint(which));
    let next = match KINDS.get(which) {
        Some(kind) => format!("For {kind}: cargo run -- hint {number} {}", which + 1),
        None => format!("The whole program: steps/{}/main.rs", step.name),
    };
    format!("Step {number}, {idea}.\nHint {which} of 3, {kind}:\n\n{hint}\n\n{next}\n")
}
