//! `show`: runs a step for real, and draws the scene that shows what is still wrong with it.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use crate::arguments::{Argument, Arguments, Stop, UsageError, step};
use crate::failure::Failure;
use crate::own;
use crate::picture;
use crate::program::{CouldNotTry, Program};
use crate::random::Kind;
use crate::scenes;
use crate::steps::Step;
use crate::terminal::{say, say_labelled};
use crate::timeline::Timeline;
use crate::trial::Trial;

/// How long somebody in the scene waits in vain.
const PATIENCE: Duration = Duration::from_secs(2);

/// Shows a step.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut number = None;
    let mut program = None;
    let mut svg = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Word(word) if number.is_none() => number = Some(step(&word)?),
            Argument::Option(option) if option == "--svg" => svg = Some(arguments.value(&option)?),
            argument => program = Some(arguments.program(argument)?),
        }
    }
    let step = number.ok_or_else(|| UsageError("which step?".to_string()))?;
    Ok(show(step, program, svg.as_deref())?)
}

/// Draws the scene on the terminal, and into a file if there is one.
fn show(step: &Step, program: Option<Program>, svg: Option<&str>) -> Result<ExitCode, CouldNotTry> {
    let Some(scene) = scenes::after_step(step.number) else {
        return Err(CouldNotTry(format!(
            "nothing is wrong with {} that a scene shows",
            step.name
        )));
    };
    let program = program.unwrap_or_else(|| Program::Bin(step.name.to_string()));
    let ready = program.prepare()?;
    say(&format!(
        "show {}: {}, on {}",
        step.number,
        scene.title,
        program.name()
    ));
    say("");
    let mut timeline = Timeline::begin(scene.cast);
    let next = step.number + 1;
    let trial = Trial {
        ready: &ready,
        patience: PATIENCE,
        kind: Kind {
            step: next,
            contract: next,
        },
        seed: 1,
    };
    let mut outcome = trial.show(scene, &mut timeline)?;
    say("");
    match &mut outcome {
        Err(failure) => {
            trial.diagnose_scene(0, failure);
            explain(step, &program, failure);
        }
        Ok(()) => say_labelled(
            "You see",
            "everybody hears what is expected: nothing is wrong here.",
        ),
    }
    if let Some(file) = svg {
        let title = format!("{}: {}", program.name(), scene.title);
        let picture = picture::draw(
            &title,
            scene.cast,
            &timeline.events,
            outcome.err().map(|failure| seen(&failure)).as_deref(),
        );
        fs::write(file, picture)
            .map_err(|error| CouldNotTry(format!("cannot write {file}: {error}")))?;
        say_labelled("Picture", file);
    }
    Ok(ExitCode::SUCCESS)
}

/// What was seen; the server may be ours.
fn seen(failure: &Failure) -> String {
    failure.in_sentences().replace("your server", "this server")
}

fn explain(step: &Step, program: &Program, failure: &Failure) {
    say_labelled("You see", &seen(failure));
    let (means, _) = failure.explanation();
    say_labelled("It means", &means.replace("your server", "this server"));
    if let Some(next) = Step::find(step.number + 1) {
        let (number, name) = (step.number, next.name);
        say_labelled("The fix", next.idea);
        say_labelled(
            "See it",
            &format!("cargo run -- show {number} --bin {name}"),
        );
        let check = format!("cargo run -- check {}", next.number);
        if let Program::Command(_) | Program::At(_) = program {
            say_labelled("Do it", "change your program");
            // In one line, however long: it is to be pasted.
            return say(&format!("    Check it   {check}{}", program.as_typed()));
        }
        let begin = if own::has_begun() {
            "change src/bin/mine/main.rs".to_string()
        } else {
            format!("cargo run -- start {number}")
        };
        say_labelled("Do it", &format!("{begin}, then {check}"));
    }
}
