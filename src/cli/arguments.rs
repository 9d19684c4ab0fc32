//! Parses the command line. A command takes the options that it knows, then the other words, and
//! rejects the rest.

use std::ffi::OsString;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use crate::course::steps::{STEPS, Step};
use crate::error::CouldNotTry;
use crate::server::program::Program;

/// Why the arguments are rejected.
#[derive(Debug)]
pub struct UsageError(pub String);

/// Why a command stopped early. Printed on stderr; exit status 2.
pub enum Stop {
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

/// The arguments not taken yet.
#[derive(Clone)]
pub struct Arguments {
    words: Vec<OsString>,
    /// The words after `--`, if it is there.
    command: Option<Vec<OsString>>,
}

impl Arguments {
    pub fn new(mut words: Vec<OsString>) -> Arguments {
        let dashes = words.iter().position(|word| word == "--");
        let command = dashes.map(|at| words.drain(at..).skip(1).collect());
        Arguments { words, command }
    }

    /// Takes an option without a value. Returns whether it was there.
    pub fn flag(&mut self, option: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != option);
        self.words.len() < before
    }

    /// Takes all occurrences of an option, with their values.
    fn values(&mut self, option: &str) -> Result<Vec<String>, UsageError> {
        let mut values = Vec::new();
        while let Some(at) = self.words.iter().position(|word| word == option) {
            self.words.remove(at);
            if at == self.words.len() {
                return Err(UsageError(format!("{option} needs a value")));
            }
            values.push(text(self.words.remove(at))?);
        }
        Ok(values)
    }

    /// Takes an option with its value. If it is there several times, the last one counts.
    pub fn value(&mut self, option: &str) -> Result<Option<String>, UsageError> {
        Ok(self.values(option)?.pop())
    }

    fn parse<T: FromStr>(
        &mut self,
        option: &str,
        takes: &str,
        is_valid: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, UsageError> {
        let Some(value) = self.value(option)? else {
            return Ok(None);
        };
        match value.parse().ok().filter(is_valid) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(UsageError(format!("{option} takes {takes}, not '{value}'"))),
        }
    }

    /// An option with a time in seconds.
    pub fn seconds(&mut self, option: &str) -> Result<Option<Duration>, UsageError> {
        let is_valid = |seconds: &f64| (0.1..=600.0).contains(seconds);
        let seconds = self.parse(option, "seconds from 0.1 to 600", is_valid)?;
        Ok(seconds.map(Duration::from_secs_f64))
    }

    /// An option with a whole number.
    pub fn number<N: Copy + FromStr + PartialOrd + Display>(
        &mut self,
        option: &str,
        from: N,
        to: N,
    ) -> Result<Option<N>, UsageError> {
        let takes = format!("a number from {from} to {to}");
        self.parse(option, &takes, |number| (from..=to).contains(number))
    }

    /// Whether the user asks for help, outside the command after `--`.
    pub fn wants_help(&self) -> bool {
        let mut words = self.words.iter();
        words.any(|word| word == "--help" || word == "-h")
    }

    /// Takes the first argument, if it is this one.
    pub fn take_first(&mut self, word: &str) -> bool {
        let is_first = self.words.first().is_some_and(|first| first == word);
        self.words.drain(..usize::from(is_first));
        is_first
    }

    /// The step whose number is the first argument.
    pub fn first_step(&self) -> Option<&'static Step> {
        Step::find(self.words.first()?.to_str()?.parse().ok()?)
    }

    /// The same arguments, and those that name a program.
    pub fn with_program(mut self, program: &Program) -> Arguments {
        match program {
            Program::Bin(name) => self.words.extend(["--bin".into(), name.into()]),
            Program::At(address) => self.words.extend(["--at".into(), address.into()]),
            Program::Command(words) => self.command = Some(words.clone()),
        }
        self
    }

    /// Takes the next argument that is not an option. Take options with values first.
    pub fn word(&mut self) -> Result<Option<String>, UsageError> {
        let is_option = |word: &OsString| word.len() > 1 && word.to_string_lossy().starts_with('-');
        let at = self.words.iter().position(|word| !is_option(word));
        at.map(|at| text(self.words.remove(at))).transpose()
    }

    /// Takes the next argument, which names a step.
    pub fn step(&mut self) -> Result<Option<&'static Step>, UsageError> {
        self.word()?.map(|word| step(&word)).transpose()
    }

    /// The programs to test: from `--at`, then `--bin`, then `--`.
    pub fn programs(&mut self) -> Result<Vec<Program>, UsageError> {
        let at = self.values("--at")?.into_iter().map(Program::At);
        let bin = self.values("--bin")?.into_iter().map(Program::Bin);
        let mut programs: Vec<Program> = at.chain(bin).collect();
        if let Some(command) = self.command.take() {
            if command.is_empty() {
                return Err(UsageError("a command must follow '--'".to_string()));
            }
            programs.push(Program::Command(command));
        }
        Ok(programs)
    }

    /// The program to test, if one is named.
    pub fn program(&mut self) -> Result<Option<Program>, UsageError> {
        only(self.programs()?)
    }

    /// Rejects the remaining arguments.
    pub fn end(self) -> Result<(), UsageError> {
        let dashes = self.command.map(|_| "--".into());
        match self.words.into_iter().chain(dashes).next() {
            None => Ok(()),
            Some(word) => Err(UsageError(format!("unexpected argument '{}'", text(word)?))),
        }
    }
}

/// The one program; an error if there are several.
pub fn only(mut programs: Vec<Program>) -> Result<Option<Program>, UsageError> {
    let option = |program: &Program| match program {
        Program::At(_) => "--at",
        Program::Bin(_) => "--bin",
        Program::Command(_) => "--",
    };
    if let [one, other, ..] = &programs[..] {
        let (one, other) = (option(one), option(other));
        let error = format!("'{one}' and '{other}' name two programs: which one?");
        return Err(UsageError(error));
    }
    Ok(programs.pop())
}

fn text(word: OsString) -> Result<String, UsageError> {
    let error = |word: OsString| format!("'{}' is not valid Unicode", word.to_string_lossy());
    word.into_string().map_err(|word| UsageError(error(word)))
}

/// The step that a word means: its number or its name.
pub fn step(word: &str) -> Result<&'static Step, UsageError> {
    let is_meant = |step: &&Step| step.number.to_string() == word || step.name == word;
    let last = STEPS.len();
    let error = || format!("there is no step '{word}': the steps are 1 to {last}");
    let found = STEPS.iter().find(is_meant);
    found.ok_or_else(|| UsageError(error()))
}
