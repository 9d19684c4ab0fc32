//! `watch`: checks a program again whenever it is saved.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use crate::cli::arguments::{Arguments, Stop, UsageError};
use crate::cli::terminal::{print, say};
use crate::commands::{check, hint, show};
use crate::course::learner;
use crate::course::steps::Step;
use crate::error::CouldNotTry;
use crate::server::left_running;

/// We look this often whether something was saved.
const LOOK: Duration = Duration::from_millis(200);
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";
const KEYS: &str = "While you edit: h and Enter for a hint, s for the picture, q to end.";

/// What is done again and again, and what it is done with.
struct Watch {
    shows: bool,
    words: Vec<OsString>,
    /// Where the program lies: a folder, or files.
    places: Vec<PathBuf>,
    /// The step whose check failed last, and how many hints for it were given.
    failed: Option<usize>,
    hints: usize,
}

/// Watches until the user ends it.
pub fn run(arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut words = arguments.rest();
    let shows = words.first().is_some_and(|word| word == "show");
    if shows || words.first().is_some_and(|word| word == "check") {
        words.remove(0);
    }
    let mut watch = Watch {
        shows,
        places: places(&words)?,
        words,
        failed: None,
        hints: 0,
    };
    let (typed, keys) = mpsc::channel();
    let typist = typed.clone(); // `typed` stays: receiving must wait, too, where there is no keyboard.
    thread::spawn(move || type_loop(&typist));
    loop {
        let seen = saved(&watch.places);
        watch.tries()?;
        if watch.waits(&seen, &keys) {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

impl Watch {
    /// Does it once. A program that cannot be built may be so the next time.
    fn tries(&mut self) -> Result<(), Stop> {
        if io::stdout().is_terminal() {
            print(CLEAR);
        }
        let arguments = Arguments::new(self.words.clone());
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
            Err(Stop::CouldNotTry(CouldNotTry(reason))) if left_running().is_none() => say(&reason),
            Err(stop) => return Err(stop),
        }
        self.tells();
        Ok(())
    }

    /// What to edit, what to read, and what to type.
    fn tells(&self) {
        let places: Vec<String> = self.places.iter().map(|place| shown(place)).collect();
        say(&format!("\nEdit           {}", places.join(", ")));
        let before = self.failed.and_then(|number| Step::find(number - 1));
        if let Some(step) = before.filter(|_| self.program() == Self::own()) {
            say(&format!("Task           steps/{}/task.md", step.name));
        }
        if let Some(step) = before.or_else(|| self.named()) {
            say(&format!("Read           steps/{}/README.md", step.name));
        }
        say(KEYS);
    }

    /// Waits until something else is saved. True if the user wants no more.
    fn waits(&mut self, seen: &[Saved], keys: &Receiver<String>) -> bool {
        while saved(&self.places) == seen {
            match keys.recv_timeout(LOOK) {
                Ok(key) if key == "q" => return true,
                Ok(key) => self.answers(&key),
                Err(_) => {} // Nothing was typed.
            }
        }
        false
    }

    fn answers(&mut self, key: &str) {
        let failed = self.failed.unwrap_or(0);
        let done = match key {
            "h" if failed > 0 => {
                self.hints = (self.hints + 1).min(3);
                hint::run(words([&failed.to_string(), &self.hints.to_string()], []))
            }
            "s" if failed > 1 => show::run(words([&(failed - 1).to_string()], self.program())),
            "h" | "s" => {
                return say("There is none: no check has failed, or its step has no picture.");
            }
            _ => return say(KEYS),
        };
        if let Err(Stop::CouldNotTry(CouldNotTry(reason)) | Stop::Usage(UsageError(reason))) = done
        {
            say(&reason);
        }
    }

    /// The step that is named by its number.
    fn named(&self) -> Option<&'static Step> {
        Step::find(self.words.first()?.to_str()?.parse().ok()?)
    }

    /// The words that name the program: the learner's own if there are none.
    fn program(&self) -> Vec<OsString> {
        let is_name = |word: &OsString| word == "--bin" || word == "--";
        let from = self.words.iter().position(is_name);
        from.map_or_else(Self::own, |from| self.words[from..].to_vec())
    }

    fn own() -> Vec<OsString> {
        vec!["--bin".into(), learner::NAME.into()]
    }
}

fn words<const N: usize>(
    own: [&String; N],
    others: impl IntoIterator<Item = OsString>,
) -> Arguments {
    let own = own.into_iter().map(OsString::from);
    Arguments::new(own.chain(others).collect())
}

/// Where the program lies that these words name.
fn places(words: &[OsString]) -> Result<Vec<PathBuf>, Stop> {
    if words.iter().any(|word| word == "--at") {
        let text = "a server that runs already cannot be started again: name its command";
        return Err(UsageError(text.to_string()).into());
    }
    let after = |sign: &str| {
        words
            .iter()
            .position(|word| word == sign)
            .map(|at| &words[at + 1..])
    };
    if let Some(command) = after("--") {
        let files = command.iter().map(PathBuf::from);
        return Ok(files.filter(|file| file.is_file()).collect());
    }
    match after("--bin").and_then(|rest| rest.first()) {
        Some(name) if name != learner::NAME => {
            Ok(vec![learner::package_folder().join("steps").join(name)])
        }
        _ => Ok(vec![learner::folder()]),
    }
}

/// A file, when it was saved last, and how long it is.
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

/// A place as it is seen from the package's folder; of a folder, the file to begin with.
fn shown(place: &Path) -> String {
    let file = if place.is_dir() {
        place.join("main.rs")
    } else {
        place.to_path_buf()
    };
    let seen = file
        .strip_prefix(learner::package_folder())
        .unwrap_or(&file);
    seen.display().to_string()
}

/// The thread that reads what the user types, line by line.
fn type_loop(keys: &Sender<String>) {
    for line in io::stdin().lines().map_while(Result::ok) {
        let _ = keys.send(line.trim().to_lowercase()); // Fails only at the end of the program.
    }
}
