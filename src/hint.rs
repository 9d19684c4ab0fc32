//! `hint`: a question, then the name of the API, then the shape of the code.

use std::process::ExitCode;

use crate::arguments::UsageError;
use crate::steps::Step;

const KINDS: [&str; 3] = ["a question", "the API", "the shape of the code"];

/// Which hint a word on the command line means.
pub fn parse(word: &str) -> Result<usize, UsageError> {
    match word.parse() {
        Ok(which @ 1..=3) => Ok(which),
        _ => Err(UsageError(format!(
            "there is no hint '{word}': there are 1, 2 and 3"
        ))),
    }
}

/// Prints hint `which` of 1 to 3.
pub fn print(step: &Step, which: usize) -> ExitCode {
    let Step { number, idea, .. } = step;
    let (kind, hint) = (KINDS[which - 1], step.hint(which));
    let next = match KINDS.get(which) {
        Some(kind) => format!("For {kind}: cargo run -- hint {number} {}", which + 1),
        None => format!("The whole program: steps/{}/main.rs", step.name),
    };
    crate::print(&format!(
        "Step {number}, {idea}. Hint {which} of 3, {kind}:\n\n{hint}\n\n{next}\n"
    ))
}
