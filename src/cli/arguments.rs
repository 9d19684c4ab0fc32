//! The words on the command line, taken one by one.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::course::steps::{STEPS, Step};
use crate::error::CouldNotTry;
use crate::server::program::Program;

/// Words that cannot be used, and why: the command ends with status 2.
#[derive(Debug)]
pub struct UsageError(pub String);

/// How a command did not come to its end. Both are told on stderr, and make the status 2.
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

/// What is left of the command line.
pub struct Arguments {
    words: std::vec::IntoIter<OsString>,
    /// How the program to try was named, if it was.
    named: Option<String>,
}

/// One argument: an option, the `--` before a command, or anything else.
pub enum Argument {
    Option(String),
    Rest,
    Word(String),
}

impl Arguments {
    pub fn new(words: Vec<OsString>) -> Arguments {
        Arguments {
            words: words.into_iter(),
            named: None,
        }
    }

    /// The next argument; it must be valid Unicode.
    pub fn next(&mut self) -> Result<Option<Argument>, UsageError> {
        let Some(word) = self.words.next() else {
            return Ok(None);
        };
        let word = text(word)?;
        Ok(Some(match word.as_str() {
            "--" => Argument::Rest,
            option if option.starts_with('-') && option.len() > 1 => Argument::Option(word),
            _ => Argument::Word(word),
        }))
    }

    /// The value after `option`.
    pub fn value(&mut self, option: &str) -> Result<String, UsageError> {
        match self.words.next() {
            Some(word) => text(word),
            None => Err(UsageError(format!("{option} needs a value"))),
        }
    }

    /// A length of time in seconds after `option`, from 0.1 to 600.
    pub fn seconds(&mut self, option: &str) -> Result<Duration, UsageError> {
        let value = self.value(option)?;
        match value.parse::<f64>() {
            Ok(seconds) if (0.1..=600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
            _ => Err(UsageError(format!(
                "{option} takes seconds from 0.1 to 600, not '{value}'"
            ))),
        }
    }

    /// A whole number after `option`.
    pub fn number<N: Copy + FromStr + PartialOrd + fmt::Display>(
        &mut self,
        option: &str,
        from: N,
        to: N,
    ) -> Result<N, UsageError> {
        let value = self.value(option)?;
        let number = value
            .parse()
            .ok()
            .filter(|number| (from..=to).contains(number));
        number.ok_or_else(|| {
            UsageError(format!(
                "{option} takes a number from {from} to {to}, not '{value}'"
            ))
        })
    }

    /// Whether `--help` stands before the command to check, if there is one.
    pub fn ask_for_help(&self) -> bool {
        let words = self.words.as_slice().iter();
        let mut own = words.take_while(|word| *word != "--");
        own.any(|word| word == "--help" || word == "-h")
    }

    /// All that is left, as it stands.
    pub fn rest(self) -> Vec<OsString> {
        self.words.collect()
    }

    /// Refuses whatever is left.
    pub fn end(&mut self) -> Result<(), UsageError> {
        match self.next()? {
            None => Ok(()),
            Some(argument) => Err(unexpected(&argument)),
        }
    }

    /// The program to try, which `argument` begins to name. There can be one.
    pub fn program(&mut self, argument: Argument) -> Result<Program, UsageError> {
        let by = argument.to_string();
        let program = match argument {
            Argument::Rest => self.command()?,
            Argument::Option(option) if option == "--bin" => Program::Bin(self.value(&option)?),
            Argument::Option(option) if option == "--at" => Program::At(self.value(&option)?),
            argument => return Err(unexpected(&argument)),
        };
        match self.named.replace(by.clone()) {
            None => Ok(program),
            Some(other) => Err(UsageError(format!(
                "'{other}' and '{by}' name two programs: which one?"
            ))),
        }
    }

    /// All that is left: the command after `--`, with its own arguments.
    fn command(&mut self) -> Result<Program, UsageError> {
        let words: Vec<OsString> = self.words.by_ref().collect();
        if words.is_empty() {
            return Err(UsageError("a command must follow '--'".to_string()));
        }
        Ok(Program::Command(words))
    }
}

fn text(word: OsString) -> Result<String, UsageError> {
    word.into_string()
        .map_err(|word| UsageError(format!("'{}' is not valid Unicode", word.to_string_lossy())))
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Argument::Option(text) | Argument::Word(text) => f.write_str(text),
            Argument::Rest => f.write_str("--"),
        }
    }
}

/// The step that a word means, by its number or its name.
pub fn step(word: &str) -> Result<&'static Step, UsageError> {
    let is_meant = |step: &&Step| step.number.to_string() == word || step.name == word;
    STEPS.iter().find(is_meant).ok_or_else(|| {
        let last = STEPS.len();
        UsageError(format!(
            "there is no step '{word}': the steps are 1 to {last}"
        ))
    })
}

/// An argument that the command has no use for.
pub fn unexpected(argument: &Argument) -> UsageError {
    UsageError(format!("unexpected argument '{argument}'"))
}
