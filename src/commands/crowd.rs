//! `crowd`: load-tests one server, or two in turn, and prints what was measured.

use std::fs;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::arguments::{Arguments, Stop, UsageError, only};
use crate::cli::terminal::{print_field, print_line};
use crate::crowd::load_test::{self, Outcome};
use crate::crowd::metrics::Metrics;
use crate::crowd::options::Options;
use crate::error::CouldNotTry;
use crate::server::program::{Program, Ready};
use crate::show::plot::{self, Group};
use crate::text::thousands;

/// How often each of two programs is tested.
const ROUNDS: usize = 2;

/// The default limits: without a delivery, and for one test.
const PATIENCE: Duration = Duration::from_secs(5);
const LIMIT: Duration = Duration::from_secs(60);

const MAX_CLIENTS: usize = 20_000;
const MAX_MESSAGES: usize = 1_000_000;
/// A test for a picture makes this many deliveries, if that takes no more messages.
const PLOTTED_DELIVERIES: usize = 2_000_000;
const PLOTTED_MESSAGES: usize = 20_000;

/// The command line, parsed.
struct Request {
    program: Program,
    against: Option<Program>,
    svg: Option<String>,
    clients: Option<usize>,
    talkers: Option<usize>,
    messages: Option<usize>,
    stalled: usize,
    patience: Duration,
    limit: Duration,
    more_servers: Vec<SocketAddr>,
}

/// Tests a program, the learner's own if none is named.
pub fn run(arguments: Arguments) -> Result<ExitCode, Stop> {
    let request = Request::parse(arguments)?;
    let (program, options) = (&request.program, request.options(request.clients()));
    let passed = match (&request.against, &request.svg) {
        (None, _) => test(program, &options)?,
        (Some(other), None) => compare([program, other], &options)?.is_some(),
        (Some(other), Some(file)) => plot([program, other], &request, file)?,
    };
    Ok(ExitCode::from(u8::from(!passed)))
}

impl Request {
    fn parse(mut arguments: Arguments) -> Result<Request, Stop> {
        let mut programs = arguments.programs()?;
        let is_at = |program: &&Program| matches!(program, Program::At(_));
        let at = programs.iter().take_while(is_at).count(); // They come first.
        let more_servers: Vec<Program> = programs.drain(at.min(1)..at).collect();
        let request = Request {
            program: only(programs)?.unwrap_or_else(Program::mine),
            against: arguments.value("--against")?.map(Program::Bin),
            svg: arguments.value("--svg")?,
            clients: arguments.number("--clients", 2, MAX_CLIENTS)?,
            talkers: arguments.number("--talkers", 1, MAX_CLIENTS)?,
            messages: arguments.number("--messages", 1, MAX_MESSAGES)?,
            stalled: arguments.number("--stalled", 0, MAX_CLIENTS)?.unwrap_or(0),
            patience: arguments.seconds("--patience")?.unwrap_or(PATIENCE),
            limit: arguments.seconds("--seconds")?.unwrap_or(LIMIT),
            more_servers: find_servers(&more_servers)?,
        };
        arguments.end()?;
        request.validate()?;
        Ok(request)
    }

    fn validate(&self) -> Result<(), UsageError> {
        let Options {
            clients, talkers, ..
        } = self.options(self.clients());
        let error = if self.svg.is_some() && self.against.is_none() {
            "--svg draws a comparison: with what? Add --against NAME".to_string()
        } else if self.svg.is_some() && clients < 200 {
            "--svg also compares a hundredth of the clients: it needs at least 200".to_string()
        } else if talkers > clients {
            format!("{talkers} talkers are more than {clients} clients")
        } else {
            return Ok(());
        };
        Err(UsageError(error))
    }

    fn clients(&self) -> usize {
        let default = if self.svg.is_some() { 1000 } else { 100 };
        self.clients.unwrap_or(default)
    }

    fn options(&self, clients: usize) -> Options {
        let messages = match &self.svg {
            Some(_) => (PLOTTED_DELIVERIES / clients).min(PLOTTED_MESSAGES),
            None if self.stalled > 0 => 10_000,
            None => 5000,
        };
        Options {
            clients,
            talkers: self.talkers.unwrap_or(10.min(clients)),
            messages: self.messages.unwrap_or(messages),
            stalled: self.stalled,
            patience: self.patience,
            limit: self.limit,
            more_servers: self.more_servers.clone(),
        }
    }
}

/// The addresses of servers that are running already.
fn find_servers(programs: &[Program]) -> Result<Vec<SocketAddr>, CouldNotTry> {
    let mut servers = Vec::new();
    for program in programs {
        if let Ready::Running(server) = program.prepare()? {
            servers.push(server);
        }
    }
    Ok(servers)
}

/// Tests one program. Returns whether it passes.
fn test(program: &Program, options: &Options) -> Result<bool, CouldNotTry> {
    let ready = program.prepare()?;
    print_line(&format!("crowd: {}", options.title()));
    let outcome = load_test::run(options, &ready)?;
    print(&outcome, program, options);
    Ok(!outcome.faults.any())
}

fn print(outcome: &Outcome, program: &Program, options: &Options) {
    outcome.metrics.print(&program.name(), options);
    outcome.faults.print();
}

/// Tests two programs in turn, and compares their metrics. The first fault ends it.
fn compare(
    programs: [&Program; 2],
    options: &Options,
) -> Result<Option<[Metrics; 2]>, CouldNotTry> {
    let [one, other] = programs;
    let ready = [one.prepare()?, other.prepare()?];
    print_line(&format!("crowd: {}", options.title()));
    let mut sums = [Metrics::default(), Metrics::default()];
    for turn in 0..2 * ROUNDS {
        let which = turn % 2;
        let outcome = load_test::run(options, &ready[which])?;
        if outcome.faults.any() {
            print(&outcome, programs[which], options);
            return Ok(None);
        }
        sums[which].add(outcome.metrics);
    }
    Metrics::print_both(&sums, [&one.name(), &other.name()], options);
    Ok(Some(sums))
}

/// Compares two programs with several numbers of clients, and draws the result. Returns whether
/// both pass.
fn plot(programs: [&Program; 2], request: &Request, file: &str) -> Result<bool, CouldNotTry> {
    let mut groups = Vec::new();
    let most = request.clients();
    for clients in [most / 100, most / 10, most] {
        let Some(metrics) = compare(programs, &request.options(clients))? else {
            return Ok(false);
        };
        groups.push(Group {
            label: format!("{} clients", thousands(clients)),
            rates: metrics.map(|metrics| metrics.rate()),
        });
    }
    let names = programs.map(Program::name);
    let svg = plot::draw(&groups, [&names[0], &names[1]]);
    fs::write(file, svg).map_err(|error| CouldNotTry(format!("cannot write {file}: {error}")))?;
    print_field("Picture", file);
    Ok(true)
}
