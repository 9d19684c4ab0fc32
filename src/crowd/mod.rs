//! `crowd`: many clients for one server, or for two in turn: does everybody hear everything, how fast, and at
//! what cost?

mod client;
mod faults;
mod figures;
mod load_test;
mod plot;
mod progress;
mod room;
mod transcript;

use std::fs;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::arguments::{Argument, Arguments, Stop, UsageError};
use crate::cli::terminal::{say, say_labelled};
use crate::error::CouldNotTry;
use crate::server::program::{Program, Ready};
use figures::Metrics;
use load_test::Outcome;

/// How often each of two programs is tested.
const ROUNDS: usize = 2;

const MOST_CLIENTS: usize = 20_000;
const MOST_MESSAGES: usize = 1_000_000;
/// A picture compares a crowd of this size, if no other is asked for, with a tenth and a hundredth of it.
const PLOTTED: usize = 1000;
/// This many deliveries each, if that takes no more messages.
const PLOTTED_DELIVERIES: usize = 2_000_000;
const PLOTTED_MESSAGES: usize = 20_000;

/// What the crowd is to do.
#[derive(Clone)]
pub struct Options {
    clients: Option<usize>,
    talkers: Option<usize>,
    messages: Option<usize>,
    /// How many more clients connect and read nothing.
    pub stalled: usize,
    /// How long nobody may hear anything.
    pub patience: Duration,
    /// How long one test may take.
    pub limit: Duration,
    /// Another program to compare with.
    against: Option<String>,
    /// A file for the picture of a comparison.
    svg: Option<String>,
    /// More servers of the same room, where clients connect in turn.
    pub beside: Vec<SocketAddr>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            clients: None,
            talkers: None,
            messages: None,
            stalled: 0,
            patience: Duration::from_secs(5),
            limit: Duration::from_secs(60),
            against: None,
            svg: None,
            beside: Vec::new(),
        }
    }
}

impl Options {
    /// Takes an argument if it is one of the options: all have a value.
    fn set(&mut self, argument: &Argument, arguments: &mut Arguments) -> Result<bool, UsageError> {
        let Argument::Option(option) = argument else {
            return Ok(false);
        };
        match option.as_str() {
            "--clients" => self.clients = Some(arguments.number(option, 2, MOST_CLIENTS)?),
            "--talkers" => self.talkers = Some(arguments.number(option, 1, MOST_CLIENTS)?),
            "--messages" => self.messages = Some(arguments.number(option, 1, MOST_MESSAGES)?),
            "--stalled" => self.stalled = arguments.number(option, 0, MOST_CLIENTS)?,
            "--patience" => self.patience = arguments.seconds(option)?,
            "--seconds" => self.limit = arguments.seconds(option)?,
            "--against" => self.against = Some(arguments.value(option)?),
            "--svg" => self.svg = Some(arguments.value(option)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn check(&self) -> Result<(), UsageError> {
        let (talkers, clients) = (self.talkers(), self.clients());
        if self.svg.is_some() && self.against.is_none() {
            let needs = "--svg draws a comparison: with what? Add --against NAME";
            return Err(UsageError(needs.to_string()));
        }
        if self.svg.is_some() && self.clients.is_some_and(|clients| clients < 200) {
            let needs =
                "--svg compares with a hundredth of the clients, too: it needs at least 200";
            return Err(UsageError(needs.to_string()));
        }
        if talkers > clients {
            return Err(UsageError(format!(
                "{talkers} talkers are more than {clients} clients"
            )));
        }
        Ok(())
    }

    pub fn clients(&self) -> usize {
        self.clients.unwrap_or(100)
    }

    /// How many of the clients talk.
    pub fn talkers(&self) -> usize {
        self.talkers.unwrap_or(10.min(self.clients()))
    }

    /// How many messages are said in all.
    pub fn messages(&self) -> usize {
        let default = if self.stalled == 0 { 5000 } else { 10000 };
        self.messages.unwrap_or(default)
    }

    /// How long a message is, with its newline. With stalled clients it is longer, to fill the operating system's
    /// buffers.
    fn size(&self) -> usize {
        if self.stalled == 0 { 32 } else { 1000 }
    }

    fn title(&self) -> String {
        let mut title = format!(
            "{} clients, {} of them talk: {} messages of {} bytes",
            self.clients(),
            self.talkers(),
            self.messages(),
            self.size()
        );
        if !self.beside.is_empty() {
            title += &format!("; {} servers", self.beside.len() + 1);
        }
        if self.stalled > 0 {
            title += &format!("; {} more read nothing", self.stalled);
        }
        title
    }
}

/// Tests a program, the learner's own if none is named.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut options = Options::default();
    let mut program = Program::mine();
    while let Some(argument) = arguments.next()? {
        if options.set(&argument, &mut arguments)? {
            continue;
        }
        let is_at = matches!(&argument, Argument::Option(option) if option == "--at");
        if is_at && matches!(program, Program::At(_)) {
            let other = Program::At(arguments.value("--at")?);
            if let Ready::Running(address) = other.prepare()? {
                options.beside.push(address);
            }
            continue;
        }
        program = arguments.program(argument)?;
    }
    options.check()?;
    let Some(other) = &options.against else {
        return Ok(crowd(&options, &program)?);
    };
    let other = Program::Bin(other.clone());
    Ok(match &options.svg {
        Some(file) => plot(&options, &program, &other, file)?,
        None => match compare(&options, &program, &other)? {
            Ok(_) => ExitCode::SUCCESS,
            Err(status) => status,
        },
    })
}

/// Tests one program.
fn crowd(options: &Options, program: &Program) -> Result<ExitCode, CouldNotTry> {
    let ready = program.prepare()?;
    say(&format!("crowd: {}", options.title()));
    let Outcome { figures, faults } = load_test::run(options, &ready)?;
    figures.print(&program.name(), options);
    faults.print();
    Ok(faults.status())
}

/// Tests two programs in turn, and compares their figures. The first fault ends it, with the status of the command.
fn compare(
    options: &Options,
    program: &Program,
    other: &Program,
) -> Result<Result<[Metrics; 2], ExitCode>, CouldNotTry> {
    let programs = [(program, program.prepare()?), (other, other.prepare()?)];
    say(&format!("crowd: {}", options.title()));
    let mut sums = [Metrics::default(), Metrics::default()];
    for _ in 0..ROUNDS {
        for ((program, ready), sum) in programs.iter().zip(&mut sums) {
            let Outcome { figures, faults } = load_test::run(options, ready)?;
            if faults.any() {
                figures.print(&program.name(), options);
                faults.print();
                return Ok(Err(faults.status()));
            }
            sum.add(figures);
        }
    }
    Metrics::print_both(&sums, [&program.name(), &other.name()], options);
    Ok(Ok(sums))
}

/// Compares two programs in crowds of several sizes, and draws what comes of it.
fn plot(
    options: &Options,
    program: &Program,
    other: &Program,
    file: &str,
) -> Result<ExitCode, CouldNotTry> {
    let mut groups = Vec::new();
    let largest = options.clients.unwrap_or(PLOTTED);
    for clients in [largest / 100, largest / 10, largest] {
        let messages = (PLOTTED_DELIVERIES / clients).min(PLOTTED_MESSAGES);
        let options = Options {
            clients: Some(clients),
            messages: options.messages.or(Some(messages)),
            ..options.clone()
        };
        match compare(&options, program, other)? {
            Ok(figures) => groups.push(plot::Group {
                clients,
                rates: figures.map(|figures| figures.rate()),
            }),
            Err(status) => return Ok(status),
        }
    }
    let drawn = plot::draw(&groups, [&program.name(), &other.name()]);
    fs::write(file, drawn).map_err(|error| CouldNotTry(format!("cannot write {file}: {error}")))?;
    say_labelled("Picture", file);
    Ok(ExitCode::SUCCESS)
}
