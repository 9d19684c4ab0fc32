//! `help`: what each command does, and the errors for a command that is misused.

use std::process::ExitCode;

use crate::cli::arguments::{Arguments, Stop, UsageError};
use crate::cli::terminal::print;
use crate::commands::{self, COMMANDS, Command};

/// Prints the help for the command that is named, or for all of them.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let name = arguments.word()?.unwrap_or_default();
    arguments.end()?;
    if name.is_empty() || commands::find(&name).is_some() {
        return Ok(print_for(&name));
    }
    Err(unknown(&name).into())
}

/// Prints the help for a command, or for all of them.
pub fn print_for(name: &str) -> ExitCode {
    let Some(command) = commands::find(name) else {
        return print(&overview());
    };
    let Command {
        usage, does, more, ..
    } = command;
    let gap = if more.is_empty() { "" } else { "\n" };
    print(&format!(
        "{does}\n\nUsage: cargo run -- {usage}\n{gap}{more}"
    ))
}

fn overview() -> String {
    let line = |Command { name, does, .. }: &Command| format!("  {name:<8} {does}\n");
    let commands: String = COMMANDS.iter().map(line).collect();
    format!(
        "A workshop on threaded TCP servers: one chat server, grown a step at a time.

Usage: cargo run -- [COMMAND]

{commands}
'cargo run -- help COMMAND' prints its options. To run a step itself:
'cargo run --bin 1-blocking'.
"
    )
}

/// Usage line for a command that was misused.
pub fn usage(command: &str) -> String {
    match commands::find(command) {
        Some(known) => format!("Usage: cargo run -- {}", known.usage),
        None => "All commands: cargo run -- --help".to_string(),
    }
}

/// The error for an unknown command.
pub fn unknown(word: &str) -> UsageError {
    let is_near = |known: &&Command| 2 * distance(known.name, word) < word.len();
    let near = COMMANDS.iter().find(is_near);
    let question = near.map_or(String::new(), |near| {
        format!(": did you mean '{}'?", near.name)
    });
    UsageError(format!("unknown command '{word}'{question}"))
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
