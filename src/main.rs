//! The workshop command: shows, starts, checks and explains the steps.

mod check;
mod cli;
mod commands;
mod course;
mod crowd;
mod error;
mod model;
mod os;
mod runner;
mod server;
mod show;
mod text;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use cli::arguments::{Arguments, Stop, UsageError};
use error::CouldNotTry;

fn main() -> ExitCode {
    let mut words = env::args_os().skip(1);
    let name = words.next().map(|word| word.to_string_lossy().into_owned());
    let name = name.as_deref().unwrap_or("map");
    let reason = match run(name, Arguments::new(words.collect())) {
        Ok(status) => match server::left_running() {
            Some(reason) => reason.to_string(),
            None => return status,
        },
        Err(Stop::CouldNotTry(CouldNotTry(reason))) => reason,
        Err(Stop::Usage(UsageError(reason))) => {
            format!("{reason}\n{}", commands::help::usage(name))
        }
    };
    let _ = writeln!(io::stderr(), "workshop: {reason}");
    ExitCode::from(2)
}

fn run(name: &str, arguments: Arguments) -> Result<ExitCode, Stop> {
    const VERSION: &str = concat!("workshop ", env!("CARGO_PKG_VERSION"), "\n");
    if arguments.wants_help() {
        return Ok(commands::help::print_for(name));
    }
    match name {
        "help" | "--help" | "-h" => commands::help::run(arguments),
        "--version" | "-V" => Ok(cli::terminal::print(VERSION)),
        _ => match commands::find(name) {
            Some(command) => (command.run)(arguments),
            None => Err(commands::help::unknown(name).into()),
        },
    }
}
