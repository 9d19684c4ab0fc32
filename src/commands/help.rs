//! `help`: what each command does, and what to say to somebody who mistypes.

use std::process::ExitCode;

use crate::cli::arguments::{Argument, Arguments, Stop, UsageError};
use crate::cli::terminal::print;
use crate::commands::{self, COMMANDS, Command};

/// Prints the help for the command that is named, or for all of them.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    match arguments.next()? {
        None => Ok(print_for("")),
        Some(Argument::Word(name)) if commands::find(&name).is_some() => Ok(print_for(&name)),
        Some(argument) => Err(unknown(&argument.to_string()).into()),
    }
}

/// Prints the help for a command, or for all of them.
pub fn print_for(command: &str) -> ExitCode {
    match commands::find(command) {
        Some(Command {
            usage, does, more, ..
        }) => {
            let gap = if more.is_empty() { "" } else { "\n" };
            print(&format!(
                "{does}\n\nUsage: cargo run -- {usage}\n{gap}{more}"
            ))
        }
        None => print(&everything()),
    }
}

fn everything() -> String {
    let mut text = "\
A workshop on threaded TCP servers: one chat server, grown a step at a time.

Usage: cargo run -- [COMMAND]

"
    .to_string();
    for Command { name, does, .. } in COMMANDS {
        text += &format!("  {name:<8} {does}\n");
    }
    text + "
'cargo run -- help COMMAND' says more. The steps themselves run without it:
'cargo run --bin 1-blocking'.
"
}

/// How to call a command, for somebody who did it wrongly.
pub fn usage(command: &str) -> String {
    match commands::find(command) {
        Some(known) => format!("Usage: cargo run -- {}", known.usage),
        None => "All commands: cargo run -- --help".to_string(),
    }
}

/// What to say to a word that is no command.
pub fn unknown(word: &str) -> UsageError {
    let near = COMMANDS
        .iter()
        .find(|known| 2 * distance(known.name, word) < word.len());
    match near {
        Some(near) => UsageError(format!(
            "unknown command '{word}': did you mean '{}'?",
            near.name
        )),
        None => UsageError(format!("unknown command '{word}'")),
    }
}

/// How many letters must be added, taken away or replaced to make one word the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, c) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, d) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(c != *d);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
