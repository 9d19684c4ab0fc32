//! `check`: tests a program against a step, and prints what is wrong with it.

use std::io::{self, IsTerminal};
use std::ops::Range;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::check::failure::Failure;
use crate::check::options::Options;
use crate::check::step::{FailedCheck, Reporter, check};
use crate::cli::arguments::{Arguments, Stop};
use crate::cli::terminal::{
    Paint, print, print_field, print_hanging, print_line, print_output_tail,
};
use crate::commands::start;
use crate::course::learner;
use crate::course::steps::{STEPS, Step};
use crate::error::CouldNotTry;
use crate::runner::events::Observer;
use crate::runner::patience;
use crate::server::program::Program;
use crate::text::{milliseconds, wrapped};

/// The column of the times, if the text before them is not longer.
const TIME_COLUMN: usize = 50;
/// How long a silence lasts before a status line shows it.
const LONG: Duration = Duration::from_millis(400);
/// How long Nagle plus delayed ACK can hold back a second small write.
const DELAYED_ACK: Range<Duration> = Duration::from_millis(35)..Duration::from_millis(60);
/// Times between a prompt answer and a delayed one: they mean a busy machine.
const BUSY: Range<Duration> = Duration::from_millis(10)..Duration::from_millis(35);
/// Fewer answers than these may be slow by chance.
const MANY: usize = 3;

/// Checks a program, the learner's own if none is named.
pub fn run(arguments: Arguments) -> Result<ExitCode, Stop> {
    let failed = failed_step(arguments)?;
    Ok(ExitCode::from(u8::from(failed.is_some())))
}

/// The same. Returns the step whose check fails, if one does.
pub fn failed_step(mut arguments: Arguments) -> Result<Option<usize>, Stop> {
    let limit = arguments.seconds("--patience")?;
    let seed = arguments.number("--seed", 0, 1_000_000)?;
    let sessions = arguments.number("--sessions", 0, 100_000)?;
    let one_by_one = arguments.flag("--one-by-one");
    let long = arguments.flag("--long");
    let program = arguments.program()?.unwrap_or_else(Program::mine);
    let number = arguments.step()?.map(|step| step.number);
    arguments.end()?;
    let options = Options {
        patience: limit.unwrap_or(patience::ANSWER),
        seed: seed.unwrap_or(1),
        sessions: sessions.unwrap_or(40),
        one_by_one,
        long,
        run_all: number.is_none(),
    };
    Ok(check_steps(number, &program, &options)?)
}

/// Checks the program against one step, or against all in order up to the first that fails.
fn check_steps(
    number: Option<usize>,
    program: &Program,
    options: &Options,
) -> Result<Option<usize>, CouldNotTry> {
    let mut printer = Printer::of(program);
    let ready = program.prepare()?;
    let is_meant = |step: &&Step| number.is_none_or(|number| step.number == number);
    let steps: Vec<&Step> = STEPS.iter().filter(is_meant).collect();
    for step in &steps {
        printer.step = step.number;
        let failed = check(step.number, &ready, options, &mut printer)?;
        if program.is_own() {
            note_progress(step.number, failed.is_none());
        }
        if let Some(failed) = failed {
            printer.print_failure(&failed, options);
            return Ok(Some(step.number));
        }
    }
    if let Some(last) = steps.last() {
        printer.print_next_steps(last);
    }
    Ok(None)
}

/// Records for the map whether the learner's program passes a step.
fn note_progress(step: usize, passes: bool) {
    let before = learner::passed().unwrap_or(0);
    let now = if passes {
        before.max(step)
    } else {
        before.min(step - 1)
    };
    if now != before {
        learner::note_passed(now);
    }
}

/// Prints the progress and the result of a check.
struct Printer<'p> {
    paint: Paint,
    program: &'p Program,
    /// The step that is checked.
    step: usize,
    /// When something was last printed, and whether a terminal shows a status line.
    printed: Instant,
    shows_status: bool,
    /// How long the answers took.
    times: Vec<Duration>,
}

impl<'p> Printer<'p> {
    fn of(program: &'p Program) -> Printer<'p> {
        Printer {
            paint: Paint::for_stream(&io::stdout()),
            program,
            step: 0,
            printed: Instant::now(),
            shows_status: false,
            times: Vec::new(),
        }
    }

    /// Shows a status line while something takes long.
    fn show_status(&mut self, what: &str) {
        if io::stdout().is_terminal() && !self.shows_status {
            print(&format!("  {}", self.paint.dim(&format!("… {what}"))));
            self.shows_status = true;
        }
    }

    fn clear_status(&mut self) {
        if self.shows_status {
            print("\r\x1b[K");
        }
        (self.shows_status, self.printed) = (false, Instant::now());
    }

    fn print_failure(&mut self, failed: &FailedCheck, options: &Options) {
        self.clear_status();
        let failure = &failed.failure;
        if let Some(number) = failed.session {
            print_line(&format!(
                "    Session {number} of {} fails. Smallest failing session found:",
                options.sessions
            ));
            for line in failure.session() {
                print_hanging("      ", 6, &line);
            }
        }
        let cross = format!("  {} ", self.paint.red("✗"));
        print_hanging(&cross, 4, &failure.headline());
        for detail in failure.details() {
            print_hanging("      ", 6, &detail);
        }
        let output = &failure.snapshot;
        if output.stderr.is_empty() && failure.has_ended() {
            print_output_tail("output", &output.stdout);
        } else {
            print_output_tail("error", &output.stderr);
        }
        self.print_explanation(failure);
    }

    fn print_explanation(&self, failure: &Failure) {
        let explanation = failure.explanation();
        print_field(failure.label(), &explanation.means);
        print_field("Look at", &explanation.look_at);
        if let Some(evidence) = failure.evidence() {
            print_field("Evidence", &evidence);
        }
        let number = self.step;
        let mut next = format!("cargo run -- hint {number}");
        if number > 1 {
            let shown = self.program.as_shown(number - 1);
            next = format!("{next} · cargo run -- show {shown}");
        }
        print_field("Next", &next);
    }

    fn print_next_steps(&self, last: &Step) {
        let (number, program) = (last.number, self.program);
        print_line("");
        let passed = format!("check {number} passed: {}.", last.idea);
        print_line(&self.paint.green(&passed));
        if let Some(times) = held_back(&self.times) {
            let slow = format!(
                "{times} answers took about 40 ms. That is Nagle's algorithm waiting for a delayed \
                 ACK: write each line in one call, or call set_nodelay(true).",
            );
            print_field("Slow", &slow);
        }
        if program.is_own() {
            print_line(&format!("Read           steps/{}/README.md", last.name));
            for comparison in last.comparisons(&learner::folder()) {
                print_line(&format!("Compare        {comparison}"));
            }
        }
        match Step::find(number + 1) {
            Some(next) => self.print_task(last, next.number),
            None => print_line(&final_message(last, program)),
        }
    }

    fn print_task(&self, last: &Step, next: usize) {
        let (number, program) = (last.number, self.program);
        let problem = format!("Still wrong with step {number}: {}.", last.problem);
        for line in wrapped(&problem, 80) {
            print_line(&line);
        }
        print_line(&format!("\nNext, step {next}:\n\n{}\n", last.task()));
        if program.is_own() {
            print_line("Go on in       src/bin/mine/main.rs");
            for name in start::give(last) {
                print_line(&format!("Given to you   src/bin/mine/{name}"));
            }
        }
        let typed = program.as_typed();
        print_line(&format!("See it         cargo run -- show {number}{typed}"));
        print_line(&format!("Check it       cargo run -- check {next}{typed}"));
        print_line(&format!("When stuck     cargo run -- hint {next}"));
    }
}

impl Observer for Printer<'_> {
    fn skipped(&mut self, why: &str) {
        self.clear_status();
        print_line(&format!("  - not tried: {why}"));
    }

    fn passed(&mut self, text: &str, took: Option<Duration>) {
        self.clear_status();
        let tick = format!("  {} ", self.paint.green("✓"));
        self.times.extend(took);
        let took = took.map_or(String::new(), milliseconds);
        let line = format!("{text:<TIME_COLUMN$} {took:>7}");
        print_hanging(&tick, 4, line.trim_end());
    }

    fn waiting(&mut self, _now: Duration) {
        if self.printed.elapsed() > LONG {
            self.show_status("waiting for the server");
        }
    }
}

impl Reporter for Printer<'_> {
    fn title(&mut self, title: &str) {
        self.clear_status();
        print_line(&self.paint.bold(&format!("check {}: {title}", self.step)));
    }

    fn busy(&mut self, with: &str) {
        self.clear_status();
        self.show_status(with);
    }
}

/// How many answers TCP may have held back. On a busy machine any answer may take as long, but then
/// others come a little sooner, and nothing is certain.
fn held_back(times: &[Duration]) -> Option<usize> {
    let count = |range: Range<Duration>| times.iter().filter(|time| range.contains(time)).count();
    let held_back = count(DELAYED_ACK);
    (held_back >= MANY && held_back > count(BUSY)).then_some(held_back)
}

/// What is printed after the last step.
fn final_message(last: &Step, program: &Program) -> String {
    let is_ours = program.name() == last.name;
    let other = if is_ours { "6-names" } else { last.name };
    let typed = if program.is_own() {
        " --bin mine".to_string()
    } else {
        program.as_typed()
    };
    format!(
        "
That was the last step. From a server for one client you have come to many
servers for thousands: a thread for each client, one lock for what they share,
a bound on everything that can pile up, answers that wait for the disk, and one
log.

Measure it     cargo run --release -- crowd --against {other}{typed}
And async?     Up to some ten thousand connections, threads cost little and stay
               plain. With a hundred thousand, async is worth its price: read
               steps/THREADS.md.
Go on          several rooms; recent lines for a client that joins late; TLS"
    )
}

#[cfg(test)]
mod tests {
    use super::{Duration, held_back};

    fn of(times: &[u64]) -> Option<usize> {
        let times = times.iter().map(|time| Duration::from_millis(*time));
        held_back(&times.collect::<Vec<_>>())
    }

    #[test]
    fn many_answers_after_40_ms_were_held_back() {
        assert_eq!(of(&[0, 40, 1, 41, 0, 44, 1]), Some(3));
        assert_eq!(of(&[40; 20]), Some(20));
        assert_eq!(of(&[40, 1, 12, 55, 90, 48, 40]), Some(4), "a little busy");
    }

    #[test]
    fn few_others_and_those_of_a_busy_machine_were_not() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[40, 0, 1, 40, 0]), None, "two of them");
        assert_eq!(of(&[200; 20]), None, "a slow server");
        assert_eq!(of(&[20; 20]), None, "a server that sleeps a little");
        assert_eq!(of(&[3, 9, 14, 18, 23, 31, 36, 44, 57, 80]), None, "busy");
    }
}
