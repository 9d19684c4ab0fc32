//! `hint`: a question, then the name of the API, then the shape of the code.

use std::process::ExitCode;

use crate::cli::arguments::{Argument, Arguments, Stop, UsageError, step, unexpected};
use crate::cli::terminal::print;
use crate::course::steps::Step;

const KINDS: [&str; 3] = ["a question", "the API", "the shape of the code"];

/// Prints a hint, the first if none is asked for.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let step = match arguments.next()? {
        Some(Argument::Word(word)) => step(&word)?,
        Some(argument) => return Err(unexpected(&argument).into()),
        None => return Err(UsageError("a hint for which step?".to_string()).into()),
    };
    let which = match arguments.next()? {
        Some(Argument::Word(word)) => parse(&word)?,
        Some(argument) => return Err(unexpected(&argument).into()),
        None => 1,
    };
    arguments.end()?;
    Ok(print(&text(step, which)))
}

/// Which hint a word on the command line means.
fn parse(word: &str) -> Result<usize, UsageError> {
    match word.parse() {
        Ok(which @ 1..=3) => Ok(which),
        _ => Err(UsageError(format!(
            "there is no hint '{word}': there are 1, 2 and 3"
        ))),
    }
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
