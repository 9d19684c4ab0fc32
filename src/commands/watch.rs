//! `watch`: checks a program again whenever it is saved.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use crate::cli::arguments::{Arguments, Stop, UsageError};
use crate::cli::terminal::{print, print_line};
use crate::commands::{check, hint, show};
use crate::course::learner;
use crate::course::steps::Step;
use crate::error::CouldNotTry;
use crate::server::left_running;
use crate::server::program::Program;

/// How often to check whether a file was saved.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";
const KEYS: &str = "While you edit: h and Enter for a hint, s for the timeline, q to quit.";

/// What to run whenever a file is saved.
struct Watch {
    /// `show`, rather than `check`.
    shows: bool,
    arguments: Arguments,
    program: Program,
    /// Where the program's files are: a folder, or the files themselves.
    places: Vec<PathBuf>,
    /// The step whose check failed last, and how many hints for it were given.
    failed: Option<usize>,
    hints: usize,
}

/// Watches until the user quits.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let shows = !arguments.take_first("check") && arguments.take_first("show");
    let program = arguments.clone().program()?.unwrap_or_else(Program::mine);
    let mut watch = Watch {
        shows,
        places: places(&program)?,
        program,
        arguments,
        failed: None,
        hints: 0,
    };
    let (sender, keys) = mpsc::channel();
    let typed = sender.clone(); // `sender` stays: `recv_timeout` must also wait without a keyboard.
    thread::spawn(move || read_keys(&typed));
    loop {
        let seen = saved(&watch.places);
        watch.run_once()?;
        if watch.wait_for_change(&seen, &keys) {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

impl Watch {
    /// A program that does not build now may build the next time.
    fn run_once(&mut self) -> Result<(), Stop> {
        if io::stdout().is_terminal() {
            print(CLEAR);
        }
        let arguments = self.arguments.clone();
        let tried = if self.shows {
            show::run(arguments).map(|_| None)
        } else {
            check::failed_step(arguments)
        };
        match tried {
            Ok(failed) => {
                self.hints *= usize::from(failed == self.failed);
                self.failed = failed;
            }
            Err(Stop::CouldNotTry(CouldNotTry(reason))) if left_running().is_none() => {
                print_line(&reason);
            }
            Err(stop) => return Err(stop),
        }
        self.print_next_steps();
        Ok(())
    }

    /// Prints what to edit, what to read, and what to type.
    fn print_next_steps(&self) {
        let places: Vec<String> = self.places.iter().map(|place| to_edit(place)).collect();
        print_line(&format!("\nEdit           {}", places.join(", ")));
        let before = self.failed.and_then(|number| Step::find(number - 1));
        if let Some(step) = before.filter(|_| self.program.is_own()) {
            print_line(&format!("Task           steps/{}/task.md", step.name));
        }
        if let Some(step) = before.or_else(|| self.arguments.first_step()) {
            print_line(&format!("Read           steps/{}/README.md", step.name));
        }
        print_line(KEYS);
    }

    /// Waits until a file changes. Returns true if the user wants to end it.
    fn wait_for_change(&mut self, seen: &[Saved], keys: &Receiver<String>) -> bool {
        while saved(&self.places) == seen {
            match keys.recv_timeout(POLL_INTERVAL) {
                Ok(key) if key == "q" => return true,
                Ok(key) => self.answer(&key),
                Err(_) => {} // Nothing was typed.
            }
        }
        false
    }

    fn answer(&mut self, key: &str) {
        let failed = self.failed.unwrap_or(0);
        let done = match key {
            "h" if failed > 0 => {
                self.hints = (self.hints + 1).min(3);
                hint::run(words(&[failed, self.hints]))
            }
            "s" if failed > 1 => show::run(words(&[failed - 1]).with_program(&self.program)),
            "h" | "s" => {
                return print_line(
                    "There is none: no check has failed, or its step has no timeline.",
                );
            }
            _ => return print_line(KEYS),
        };
        if let Err(Stop::CouldNotTry(CouldNotTry(reason)) | Stop::Usage(UsageError(reason))) = done
        {
            print_line(&reason);
        }
    }
}

fn words(numbers: &[usize]) -> Arguments {
    let words = numbers.iter().map(|number| number.to_string().into());
    Arguments::new(words.collect())
}

/// Where the files of a program are.
fn places(program: &Program) -> Result<Vec<PathBuf>, UsageError> {
    match program {
        Program::At(_) => {
            let error = "a running server cannot be restarted: name its command";
            Err(UsageError(error.to_string()))
        }
        Program::Command(words) => {
            let files = words.iter().map(PathBuf::from);
            Ok(files.filter(|file| file.is_file()).collect())
        }
        Program::Bin(_) if program.is_own() => Ok(vec![learner::folder()]),
        Program::Bin(name) => Ok(vec![learner::package_folder().join("steps").join(name)]),
    }
}

/// The file to edit: in a folder, the first one.
fn to_edit(place: &Path) -> String {
    if place.is_dir() {
        learner::relative(&place.join("main.rs"))
    } else {
        learner::relative(place)
    }
}

/// A file, its modification time, and its length.
type Saved = (PathBuf, Option<SystemTime>, u64);

/// All files in these places.
fn saved(places: &[PathBuf]) -> Vec<Saved> {
    let mut found = Vec::new();
    for place in places {
        let files = fs::read_dir(place).into_iter().flatten().flatten();
        let files = files.map(|entry| entry.path());
        for file in files.chain([place.clone()]).filter(|file| file.is_file()) {
            if let Ok(data) = file.metadata() {
                found.push((file, data.modified().ok(), data.len()));
            }
        }
    }
    found.sort();
    found
}

/// The thread that reads what the user types, line by line.
fn read_keys(keys: &Sender<String>) {
    for line in io::stdin().lines().map_while(Result::ok) {
        let _ = keys.send(line.trim().to_lowercase()); // Fails only when the program ends.
    }
}
