//! `check`: plays the scenes of a step against a program, and explains what is wrong with it.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use crate::arguments::{Argument, Arguments, Stop, step};
use crate::failure::Failure;
use crate::program::{CouldNotTry, Program, Ready};
use crate::scenes::{self, Scene};
use crate::stage::{Audience, Stage};
use crate::steps::{STEPS, Step};
use crate::terminal::{Paint, milliseconds, say, say_labelled, say_last_words, wrapped};

/// Where the times begin, if the text before them is not longer.
const TIME_COLUMN: usize = 50;

/// Checks a program, the learner's own if none is named.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut number = None;
    let mut program = Program::mine();
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
    Ok(check(number, &program, patience)?)
}

/// Checks the program against one step, or against all in order up to the first that fails.
fn check(
    number: Option<usize>,
    program: &Program,
    patience: Duration,
) -> Result<ExitCode, CouldNotTry> {
    let mut printer = Printer {
        paint: Paint::for_stream(&io::stdout()),
    };
    let ready = program.prepare()?;
    let steps = match number {
        Some(number) => STEPS.iter().filter(|step| step.number == number).collect(),
        None => STEPS.iter().collect::<Vec<_>>(),
    };
    for step in &steps {
        if !passes(step, &ready, patience, &mut printer)? {
            return Ok(ExitCode::from(1));
        }
    }
    if let Some(last) = steps.last() {
        printer.what_next(last, program);
    }
    Ok(ExitCode::SUCCESS)
}

fn passes(
    step: &Step,
    ready: &Ready,
    patience: Duration,
    printer: &mut Printer,
) -> Result<bool, CouldNotTry> {
    for Scene { title, play, .. } in scenes::of_step(step.number) {
        printer.title(step.number, title);
        let mut stage = Stage::open(ready, patience, printer)?;
        let outcome = play(&mut stage);
        drop(stage);
        if let Err(failure) = outcome {
            printer.failed(step, &failure);
            return Ok(false);
        }
    }
    Ok(true)
}

/// Prints what `check` finds while it finds it.
struct Printer {
    paint: Paint,
}

impl Printer {
    fn title(&self, number: usize, title: &str) {
        say(&self.paint.bold(&format!("check {number}: {title}")));
    }

    fn failed(&self, step: &Step, failure: &Failure) {
        say(&format!("  {} {}", self.paint.red("✗"), failure.headline()));
        for detail in failure.details() {
            say(&format!("      {detail}"));
        }
        if failure.complained.is_empty() && failure.is_exit() {
            say_last_words("output", &failure.printed);
        } else {
            say_last_words("error", &failure.complained);
        }
        let (means, look_at) = failure.explanation();
        say_labelled("It means", &means);
        say_labelled("Look at", &look_at);
        let number = step.number;
        let mut next = format!("cargo run -- hint {number}");
        if number > 1 {
            next = format!("{next} · cargo run -- show {}", number - 1);
        }
        say_labelled("Next", &next);
    }

    fn what_next(&self, last: &Step, program: &Program) {
        let number = last.number;
        say("");
        say(&self
            .paint
            .green(&format!("check {number} passed: {}.", last.idea)));
        let Some(next) = Step::find(number + 1) else {
            return say("That was the last step there is.");
        };
        let next = next.number;
        let problem = format!("Still wrong with step {number}: {}.", last.problem);
        for line in wrapped(&problem, 80) {
            say(&line);
        }
        say(&format!("\nNext, step {next}:\n\n{}\n", last.task()));
        if program.is_own() {
            say("Go on in       src/bin/mine/main.rs");
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

impl Audience for Printer {
    fn passed(&mut self, text: &str, took: Option<Duration>) {
        let tick = self.paint.green("✓");
        match took {
            Some(took) => {
                let took = milliseconds(took);
                say(&format!("  {tick} {text:<TIME_COLUMN$} {took:>7}"));
            }
            None => say(&format!("  {tick} {text}")),
        }
    }
}
