//! The workshop command: shows, starts, checks and explains the steps.

mod arguments;
mod beside;
mod check;
mod commands;
mod contract;
mod crowd;
mod explain;
mod failure;
mod heard;
mod help;
mod hint;
mod lane;
mod map;
mod mistakes;
mod narrate;
mod own;
mod picture;
mod play;
mod processes;
mod program;
mod random;
mod redis;
mod resources;
mod scenes;
mod server;
mod session;
mod show;
mod shrink;
mod sockets;
mod stage;
mod start;
mod steps;
mod talk;
mod terminal;
mod timeline;
mod trial;
mod verdict;
mod waiting;
mod watch;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use arguments::{Arguments, Stop, UsageError};
use program::CouldNotTry;

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
        Err(Stop::Usage(UsageError(reason))) => format!("{reason}\n{}", help::usage(name)),
    };
    let _ = writeln!(io::stderr(), "workshop: {reason}");
    ExitCode::from(2)
}

fn run(name: &str, arguments: Arguments) -> Result<ExitCode, Stop> {
    const VERSION: &str = concat!("workshop ", env!("CARGO_PKG_VERSION"), "\n");
    if arguments.ask_for_help() {
        return Ok(help::print_for(name));
    }
    match name {
        "help" | "--help" | "-h" => help::run(arguments),
        "--version" | "-V" => Ok(terminal::print(VERSION)),
        _ => match commands::find(name) {
            Some(command) => (command.run)(arguments),
            None => Err(help::unknown(name).into()),
        },
    }
}
