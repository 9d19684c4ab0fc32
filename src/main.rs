//! The workshop command: shows, starts, checks and explains the steps.

mod arguments;
mod cause;
mod check;
mod crowd;
mod failure;
mod help;
mod hint;
mod map;
mod own;
mod picture;
mod processes;
mod program;
mod scenes;
mod server;
mod show;
mod sockets;
mod stage;
mod start;
mod steps;
mod talk;
mod terminal;
mod timeline;
mod usage;
mod verdict;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use arguments::{Argument, Arguments, UsageError, unexpected};
use program::{CouldNotTry, Program, USUAL_ADDRESS};
use steps::{STEPS, Step};

/// How a command did not come to its end. Both are told on stderr, and make the status 2.
enum Stop {
    Usage(UsageError),
    CouldNotTry(CouldNotTry),
}

impl From<UsageError> for Stop {
    fn from(error: UsageError) -> Stop {
        Stop::Usage(error)
    }
}

impl From<CouldNotTry> for Stop {
    fn from(error: CouldNotTry) -> Stop {
        Stop::CouldNotTry(error)
    }
}

fn main() -> ExitCode {
    let mut words: Vec<_> = env::args_os().skip(1).collect();
    let command = if words.is_empty() {
        None
    } else {
        Some(words.remove(0))
    };
    let command = command.map(|word| word.to_string_lossy().into_owned());
    let command = command.as_deref().unwrap_or("map");
    match run(command, Arguments::new(words)) {
        Ok(code) => code,
        Err(Stop::CouldNotTry(CouldNotTry(reason))) => {
            let _ = writeln!(io::stderr(), "workshop: {reason}");
            ExitCode::from(2)
        }
        Err(Stop::Usage(UsageError(reason))) => {
            let _ = writeln!(io::stderr(), "workshop: {reason}\n{}", help::usage(command));
            ExitCode::from(2)
        }
    }
}

fn run(command: &str, arguments: Arguments) -> Result<ExitCode, Stop> {
    if arguments.ask_for_help() {
        return Ok(help::print(command));
    }
    match command {
        "map" => run_map(arguments),
        "check" => run_check(arguments),
        "crowd" => run_crowd(arguments),
        "show" => run_show(arguments),
        "start" => run_start(arguments),
        "hint" => run_hint(arguments),
        "talk" => run_talk(arguments),
        "help" | "--help" | "-h" => run_help(arguments),
        "--version" | "-V" => Ok(print(concat!("workshop ", env!("CARGO_PKG_VERSION"), "\n"))),
        _ => Err(help::unknown(command).into()),
    }
}

fn run_map(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    arguments.end()?;
    Ok(map::print())
}

fn run_help(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    match arguments.next()? {
        None => Ok(help::print("")),
        Some(Argument::Word(command)) if help::knows(&command) => Ok(help::print(&command)),
        Some(argument) => Err(help::unknown(&argument.to_string()).into()),
    }
}

fn run_check(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut number = None;
    let mut program = Program::Bin("mine".to_string());
    let mut patience = Duration::from_secs(2);
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Word(word) if number.is_none() => number = Some(step(&word)?.number),
            Argument::Option(option) if option == "--patience" => {
                patience = arguments.seconds(&option)?;
            }
            argument => program = arguments.program(argument)?,
        }
    }
    Ok(check::check(number, &program, patience)?)
}

fn run_crowd(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut wish = crowd::Wish::default();
    let mut program = Program::Bin("mine".to_string());
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Option(option) if crowd::Wish::takes(&option) => {
                wish.set(&option, &mut arguments)?;
            }
            argument => program = arguments.program(argument)?,
        }
    }
    crowd::run(&wish, &program)
}

fn run_show(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut number = None;
    let mut program = None;
    let mut svg = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Word(word) if number.is_none() => number = Some(step(&word)?),
            Argument::Option(option) if option == "--svg" => svg = Some(arguments.value(&option)?),
            argument => program = Some(arguments.program(argument)?),
        }
    }
    let step = number.ok_or_else(|| UsageError("which step?".to_string()))?;
    Ok(show::show(step, program, svg.as_deref())?)
}

fn run_start(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut number = None;
    let mut force = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Word(word) if number.is_none() => number = Some(step(&word)?),
            Argument::Option(option) if option == "--force" => force = true,
            argument => return Err(unexpected(&argument).into()),
        }
    }
    let step = number.ok_or_else(|| UsageError("which step?".to_string()))?;
    Ok(start::start(step, force)?)
}

fn run_hint(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let step = match arguments.next()? {
        Some(Argument::Word(word)) => step(&word)?,
        Some(argument) => return Err(unexpected(&argument).into()),
        None => return Err(UsageError("a hint for which step?".to_string()).into()),
    };
    let which = match arguments.next()? {
        Some(Argument::Word(word)) => hint::parse(&word)?,
        Some(argument) => return Err(unexpected(&argument).into()),
        None => 1,
    };
    arguments.end()?;
    Ok(hint::print(step, which))
}

fn run_talk(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let address = match arguments.next()? {
        Some(Argument::Word(address)) => address,
        Some(argument) => return Err(unexpected(&argument).into()),
        None => USUAL_ADDRESS.to_string(),
    };
    arguments.end()?;
    Ok(talk::talk(&address))
}

/// The step that a word on the command line means, by its number or its name.
fn step(word: &str) -> Result<&'static Step, UsageError> {
    let found = STEPS
        .iter()
        .find(|step| step.number.to_string() == word || step.name == word);
    found.ok_or_else(|| {
        UsageError(format!(
            "there is no step '{word}': the steps are 1 to {}",
            STEPS.len()
        ))
    })
}

/// Prints, and does not mind if nobody reads it.
fn print(text: &str) -> ExitCode {
    let _ = io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}
