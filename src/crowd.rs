//! `crowd`: a crowd of clients for one server, or for two in turn: does everybody hear everything,
//! how fast, and at what price?

mod client;
mod faults;
mod figures;
mod progress;
mod record;
mod room;
mod visit;

use std::process::ExitCode;
use std::time::Duration;

use crate::Stop;
use crate::arguments::{Arguments, UsageError};
use crate::program::{CouldNotTry, Program};
use crate::terminal::say;
use figures::Figures;
use visit::Visit;

/// How often each of two programs is visited.
const ROUNDS: usize = 2;

const MOST_CLIENTS: usize = 20_000;
const MOST_MESSAGES: usize = 1_000_000;
/// The options, all with a value.
const OPTIONS: [&str; 7] = [
    "--clients",
    "--talkers",
    "--messages",
    "--stalled",
    "--patience",
    "--seconds",
    "--against",
];

/// What the words on the command line ask for.
#[derive(Default)]
pub struct Wish {
    clients: Option<usize>,
    talkers: Option<usize>,
    messages: Option<usize>,
    stalled: Option<usize>,
    patience: Option<Duration>,
    limit: Option<Duration>,
    against: Option<String>,
}

impl Wish {
    pub fn takes(option: &str) -> bool {
        OPTIONS.contains(&option)
    }

    pub fn set(&mut self, option: &str, arguments: &mut Arguments) -> Result<(), UsageError> {
        match option {
            "--clients" => self.clients = Some(number(arguments, option, 2, MOST_CLIENTS)?),
            "--talkers" => self.talkers = Some(number(arguments, option, 1, MOST_CLIENTS)?),
            "--messages" => self.messages = Some(number(arguments, option, 1, MOST_MESSAGES)?),
            "--stalled" => self.stalled = Some(number(arguments, option, 0, MOST_CLIENTS)?),
            "--patience" => self.patience = Some(arguments.seconds(option)?),
            "--seconds" => self.limit = Some(arguments.seconds(option)?),
            _ => self.against = Some(arguments.value(option)?),
        }
        Ok(())
    }

    fn options(&self) -> Result<Options, UsageError> {
        let clients = self.clients.unwrap_or(100);
        let stalled = self.stalled.unwrap_or(0);
        let talkers = self.talkers.unwrap_or(10.min(clients));
        if talkers > clients {
            return Err(UsageError(format!(
                "{talkers} talkers are more than {clients} clients"
            )));
        }
        Ok(Options {
            clients,
            talkers,
            messages: self
                .messages
                .unwrap_or(if stalled == 0 { 5000 } else { 10000 }),
            stalled,
            patience: self.patience.unwrap_or(Duration::from_secs(5)),
            limit: self.limit.unwrap_or(Duration::from_secs(60)),
        })
    }
}

/// A whole number after `option`.
fn number(
    arguments: &mut Arguments,
    option: &str,
    from: usize,
    to: usize,
) -> Result<usize, UsageError> {
    let value = arguments.value(option)?;
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

/// What the crowd is to do.
pub struct Options {
    pub clients: usize,
    pub talkers: usize,
    /// How many messages are said in all.
    pub messages: usize,
    /// How many more clients there are who read nothing.
    pub stalled: usize,
    /// How long nobody may hear anything.
    pub patience: Duration,
    /// How long one visit may take.
    pub limit: Duration,
}

impl Options {
    /// How long a message is, with its newline. Longer ones fill what the system keeps for those
    /// who read nothing.
    fn size(&self) -> usize {
        if self.stalled == 0 { 32 } else { 1000 }
    }

    fn title(&self) -> String {
        let mut title = format!(
            "{} clients, {} of them talk: {} messages of {} bytes",
            self.clients,
            self.talkers,
            self.messages,
            self.size()
        );
        if self.stalled > 0 {
            title += &format!("; {} more read nothing", self.stalled);
        }
        title
    }
}

/// Does what the words ask for.
pub fn run(wish: &Wish, program: &Program) -> Result<ExitCode, Stop> {
    let options = wish.options()?;
    Ok(match &wish.against {
        Some(name) => compare(&options, program, &Program::Bin(name.clone()))?,
        None => crowd(&options, program)?,
    })
}

/// Visits one program.
fn crowd(options: &Options, program: &Program) -> Result<ExitCode, CouldNotTry> {
    let ready = program.prepare()?;
    say(&format!("crowd: {}", options.title()));
    let Visit { figures, faults } = visit::visit(options, &ready)?;
    figures.print(&program.name(), options);
    faults.print();
    Ok(faults.status())
}

/// Visits two programs in turn, and compares what they did. It ends with the first fault.
fn compare(options: &Options, program: &Program, other: &Program) -> Result<ExitCode, CouldNotTry> {
    let programs = [(program, program.prepare()?), (other, other.prepare()?)];
    say(&format!("crowd: {}", options.title()));
    let mut sums = [Figures::default(), Figures::default()];
    for _ in 0..ROUNDS {
        for ((program, ready), sum) in programs.iter().zip(&mut sums) {
            let Visit { figures, faults } = visit::visit(options, ready)?;
            if faults.any() {
                figures.print(&program.name(), options);
                faults.print();
                return Ok(faults.status());
            }
            sum.add(figures);
        }
    }
    Figures::print_both(&sums, [&program.name(), &other.name()], options);
    Ok(ExitCode::SUCCESS)
}
