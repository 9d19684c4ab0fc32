//! `check`: tries a program against a step, and explains what is wrong with it.

use std::io::{self, IsTerminal};
use std::ops::Range;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use crate::check::checker::{Checker, is_chat};
use crate::check::failure::{Failure, Tried};
use crate::check::narration;
use crate::check::parallel::ParallelScenes;
use crate::check::scenes::{self, Scene};
use crate::cli::arguments::{Arguments, Stop};
use crate::cli::terminal::{
    Paint, print, print_field as say_labelled, print_hanging as say_behind, print_line as say,
    print_output_tail as say_last_words,
};
use crate::commands::start;
use crate::course::learner;
use crate::course::steps::{STEPS, Step};
use crate::error::CouldNotTry;
use crate::runner::events::Observer;
use crate::server::program::{Program, Ready};
use crate::text::{milliseconds, wrapped};

/// Where the times begin, if the text before them is not longer.
const TIME_COLUMN: usize = 50;
/// After so long, a silence is told of.
const LONG: Duration = Duration::from_millis(400);
/// How long Nagle plus delayed ACK can hold back a second small write.
const DELAYED_ACK: Range<Duration> = Duration::from_millis(35)..Duration::from_millis(60);
/// Times that neither a prompt answer takes, nor one that is held back: only a busy machine's.
const BUSY: Range<Duration> = Duration::from_millis(10)..Duration::from_millis(35);
/// Fewer answers than these may be slow by chance.
const MANY: usize = 3;
/// The first step whose program is a chat.
const CHAT: usize = 3;

/// How to check.
struct Options {
    patience: Duration,
    /// The checks after this one follow, if it passes.
    goes_on: bool,
    /// Which sessions are made up, and how many.
    seed: u64,
    sessions: u64,
    /// No scene is played beside another.
    one_by_one: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            patience: Duration::from_secs(2),
            goes_on: false,
            seed: 1,
            sessions: 40,
            one_by_one: false,
        }
    }
}

/// Checks a program, the learner's own if none is named.
pub fn run(arguments: Arguments) -> Result<ExitCode, Stop> {
    let failed = failed_step(arguments)?;
    Ok(ExitCode::from(u8::from(failed.is_some())))
}

/// The same. Returns the step whose check it fails, if it does.
pub fn failed_step(mut arguments: Arguments) -> Result<Option<usize>, Stop> {
    let defaults = Options::default();
    let mut options = Options {
        patience: arguments
            .seconds("--patience")?
            .unwrap_or(defaults.patience),
        seed: arguments
            .number("--seed", 0, 1_000_000)?
            .unwrap_or(defaults.seed),
        sessions: arguments
            .number("--sessions", 0, 100_000)?
            .unwrap_or(defaults.sessions),
        one_by_one: arguments.flag("--one-by-one"),
        goes_on: false,
    };
    let program = arguments.program()?.unwrap_or_else(Program::mine);
    let number = arguments.step()?.map(|step| step.number);
    arguments.end()?;
    options.goes_on = number.is_none();
    Ok(check(number, &program, &options)?)
}

/// Checks the program against one step, or against all in order up to the first that fails.
fn check(
    number: Option<usize>,
    program: &Program,
    options: &Options,
) -> Result<Option<usize>, CouldNotTry> {
    let mut printer = Printer::of(program);
    let ready = program.prepare()?;
    let steps = match number {
        Some(number) => STEPS.iter().filter(|step| step.number == number).collect(),
        None => STEPS.iter().collect::<Vec<_>>(),
    };
    for step in &steps {
        let passes = passes(step, &ready, options, &mut printer)?;
        if program.is_own() {
            note_progress(step.number, passes);
        }
        if !passes {
            return Ok(Some(step.number));
        }
    }
    if let Some(last) = steps.last() {
        printer.what_next(last);
    }
    Ok(None)
}

/// For the map: the learner's program passes a step, or does not any more.
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

fn passes(
    step: &Step,
    ready: &Ready,
    options: &Options,
    printer: &mut Printer<'_>,
) -> Result<bool, CouldNotTry> {
    let mut trial = Checker::of(step.number, ready, options.patience, options.seed);
    let scenes = scenes::of_step(step.number);
    thread::scope(|scope| {
        let mut beside: Option<ParallelScenes> = None;
        for (number, scene) in scenes.iter().enumerate() {
            printer.title(step.number, scene.title);
            let tried = match &mut beside {
                Some(beside) if beside.is_busy() => beside.scene(scene, printer),
                _ => scene_alone(&mut trial, scene, printer),
            };
            if let Err(mut failure) = tried? {
                if options.goes_on && trial.kind.contract > step.number {
                    printer.skipped("this is a chat, and the next checks tell more of it");
                    return Ok(true);
                }
                drop(beside);
                printer.goes_on();
                printer.tells_meanwhile("looks for the cause");
                trial.diagnose_scene(number, &mut failure);
                printer.failed(step, &failure);
                return Ok(false);
            }
            // Most mistakes show in the first one: it is played alone.
            if !options.one_by_one {
                beside
                    .get_or_insert_with(|| ParallelScenes::begin(scope, &trial, options.sessions));
            }
        }
        let played = beside.map_or(0, |mut beside| beside.sessions());
        sessions_at_random(step, &trial, played, options, printer)
    })
}

fn scene_alone(trial: &mut Checker, scene: &Scene, printer: &mut Printer<'_>) -> Tried {
    let outcome = trial.scene(scene, printer)?;
    // A chat answers, too, and passes the checks before its own with its own words.
    let may_be_chat = trial.kind.step < CHAT && trial.kind.contract < CHAT;
    if may_be_chat && outcome.as_ref().is_err_and(|failure| is_chat(failure)) {
        trial.kind.contract = CHAT;
        return trial.scene(scene, printer);
    }
    Ok(outcome)
}

fn sessions_at_random(
    step: &Step,
    trial: &Checker,
    played: u64,
    options: &Options,
    printer: &mut Printer<'_>,
) -> Result<bool, CouldNotTry> {
    let begun = Instant::now();
    printer.title(step.number, "sessions made at random");
    printer.tells_meanwhile("plays them");
    for number in played..options.sessions {
        if let Err(mut failure) = trial.session_at_random(number)? {
            printer.goes_on();
            printer.tells_meanwhile("looks for the cause");
            trial.diagnose_session(&mut failure);
            printer.failed_at_random(step, &failure, number + 1, options);
            return Ok(false);
        }
    }
    let text = format!("{} sessions, all as they should be", options.sessions);
    printer.passed(&text, (played == 0).then(|| begun.elapsed()));
    Ok(true)
}

/// Prints what `check` finds while it finds it.
struct Printer<'p> {
    paint: Paint,
    program: &'p Program,
    /// When it has last told something, and whether it tells meanwhile that it waits: on a terminal.
    told: Instant,
    waits: bool,
    /// How long the answers took.
    times: Vec<Duration>,
}

impl<'p> Printer<'p> {
    fn of(program: &'p Program) -> Printer<'p> {
        Printer {
            paint: Paint::for_stream(&io::stdout()),
            program,
            told: Instant::now(),
            waits: false,
            times: Vec::new(),
        }
    }

    /// Tells in a line of its own, until something else is told, what takes so long.
    fn tells_meanwhile(&mut self, what: &str) {
        if io::stdout().is_terminal() && !self.waits {
            print(&format!("  {}", self.paint.dim(&format!("… {what}"))));
            self.waits = true;
        }
    }

    /// What it has told meanwhile is over.
    fn goes_on(&mut self) {
        if self.waits {
            print("\r\x1b[K");
        }
        (self.waits, self.told) = (false, Instant::now());
    }

    fn title(&mut self, number: usize, title: &str) {
        self.goes_on();
        say(&self.paint.bold(&format!("check {number}: {title}")));
    }

    fn failed_at_random(&mut self, step: &Step, failure: &Failure, number: u64, options: &Options) {
        self.goes_on();
        say(&format!(
            "    Session {number} of {} fails. This is the shortest found that does:",
            options.sessions
        ));
        if let Some(record) = &failure.record {
            for line in narration::session(record, &failure.addresses) {
                say_behind("      ", 6, &line);
            }
        }
        self.failed(step, failure);
    }

    fn failed(&mut self, step: &Step, failure: &Failure) {
        self.goes_on();
        let cross = format!("  {} ", self.paint.red("✗"));
        say_behind(&cross, 4, &failure.headline());
        for detail in failure.details() {
            say_behind("      ", 6, &detail);
        }
        if failure.stderr.is_empty() && failure.has_ended() {
            say_last_words("output", &failure.stdout);
        } else {
            say_last_words("error", &failure.stderr);
        }
        let (means, look_at) = failure.explanation();
        say_labelled(failure.label(), &means);
        say_labelled("Look at", &look_at);
        if let Some(evidence) = failure.evidence() {
            say_labelled("Evidence", &evidence);
        }
        let number = step.number;
        let mut next = format!("cargo run -- hint {number}");
        if number > 1 {
            let shown = self.program.as_shown(number - 1);
            next = format!("{next} · cargo run -- show {shown}");
        }
        say_labelled("Next", &next);
    }

    fn what_next(&self, last: &Step) {
        let (number, program) = (last.number, self.program);
        say("");
        say(&self
            .paint
            .green(&format!("check {number} passed: {}.", last.idea)));
        if let Some(times) = held_back(&self.times) {
            let slow = format!(
                "{times} times an answer took some 40 ms. So long TCP may hold back a small write that follows another: write a line at once, or call set_nodelay(true)."
            );
            say_labelled("Slow", &slow);
        }
        if program.is_own() {
            say(&format!("Read           steps/{}/README.md", last.name));
            for comparison in last.comparisons(&learner::folder()) {
                say(&format!("Compare        {comparison}"));
            }
        }
        let Some(next) = Step::find(number + 1) else {
            return say(&the_end(last, program));
        };
        let next = next.number;
        let problem = format!("Still wrong with step {number}: {}.", last.problem);
        for line in wrapped(&problem, 80) {
            say(&line);
        }
        say(&format!("\nNext, step {next}:\n\n{}\n", last.task()));
        if program.is_own() {
            say("Go on in       src/bin/mine/main.rs");
            for name in start::give(last) {
                say(&format!("Given to you   src/bin/mine/{name}"));
            }
        }
        say(&format!(
            "See it         cargo run -- show {number}{}",
            program.as_typed()
        ));
        say(&format!(
            "Check it       cargo run -- check {next}{}",
            program.as_typed()
        ));
        say(&format!("When stuck     cargo run -- hint {next}"));
    }
}

/// How many answers TCP may have held back. On a busy machine any answer may take as long: there, others come a little
/// sooner, and nothing is known.
fn held_back(times: &[Duration]) -> Option<usize> {
    let count = |range: Range<Duration>| times.iter().filter(|time| range.contains(time)).count();
    let held_back = count(DELAYED_ACK);
    (held_back >= MANY && held_back > count(BUSY)).then_some(held_back)
}

/// What one says to somebody who has come to the end.
fn the_end(last: &Step, program: &Program) -> String {
    let is_ours = program.name() == last.name;
    let other = if is_ours { "5-names" } else { last.name };
    let typed = if program.is_own() {
        " --bin mine".to_string()
    } else {
        program.as_typed()
    };
    format!(
        "
That was the last step there is. From a server for one client you have come to
many servers for thousands: a thread for each client, one owner for what they
share, a bound for all that can pile up, answers that wait for the disk, and one
log.

Measure it     cargo run --release -- crowd --against {other}{typed}
And async?     Up to some ten thousand connections, threads cost little and stay
               plain. With a hundred thousand, async is worth its price: read
               Threads or async? in steps/6-backpressure/README.md.
Go on          several rooms; the last lines for somebody who comes late; TLS"
    )
}

impl Observer for Printer<'_> {
    fn skipped(&mut self, why: &str) {
        self.goes_on();
        say(&format!("  - not tried: {why}"));
    }

    fn passed(&mut self, text: &str, took: Option<Duration>) {
        self.goes_on();
        let tick = format!("  {} ", self.paint.green("✓"));
        self.times.extend(took);
        let took = took.map_or(String::new(), milliseconds);
        let line = format!("{text:<TIME_COLUMN$} {took:>7}");
        say_behind(&tick, 4, line.trim_end());
    }

    fn waiting(&mut self, _now: Duration) {
        if self.told.elapsed() > LONG {
            self.tells_meanwhile("waits for the server");
        }
    }
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
