//! `show`: runs a step for real, and draws the scene that shows what is still wrong with it.

use std::fs;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use crate::check::checker::Checker;
use crate::check::failure::{Failure, failure};
use crate::check::scenes::{self, Scene};
use crate::cli::arguments::{Argument, Arguments, Stop, UsageError, step};
use crate::cli::terminal::{Paint, say, say_labelled, telling};
use crate::course::learner;
use crate::course::steps::Step;
use crate::error::CouldNotTry;
use crate::model::session::in_words;
use crate::server::program::Program;
use crate::show::picture;
use crate::show::timeline::Timeline;

const NOTHING_WRONG: &str = "everybody hears what is expected: nothing is wrong here.";
/// How long somebody in the scene waits in vain.
const PATIENCE: Duration = Duration::from_secs(2);

/// Shows a step.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut number = None;
    let mut program = None;
    let mut svg = None;
    let mut is_animated = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Word(word) if number.is_none() => number = Some(step(&word)?),
            Argument::Option(option) if option == "--svg" => svg = Some(arguments.value(&option)?),
            Argument::Option(option) if option == "--animate" => is_animated = true,
            argument => program = Some(arguments.program(argument)?),
        }
    }
    if is_animated && svg.is_none() {
        return Err(UsageError("--animate goes with --svg FILE".to_string()).into());
    }
    let step = number.ok_or_else(|| UsageError("which step?".to_string()))?;
    let picture = svg.map(|file| Picture { file, is_animated });
    Ok(show(step, program, picture.as_ref())?)
}

/// A file for the picture, and whether it is to move.
struct Picture {
    file: String,
    is_animated: bool,
}

/// Draws the scene on the terminal, and into a file if there is one.
fn show(
    step: &Step,
    program: Option<Program>,
    picture: Option<&Picture>,
) -> Result<ExitCode, CouldNotTry> {
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
    let trial = Checker::of(step.number + 1, &ready, PATIENCE, 1);
    let mut failed = failure(trial.show(scene, &mut timeline))?;
    say("");
    if let Some(failure) = &mut failed {
        telling("looks for the cause", || {
            trial.diagnose_scene(scenes::place(step.number + 1, scene), failure);
        });
    }
    let finding = finding(scene, failed.as_deref());
    say(&format!(
        "    {}",
        Paint::for_stream(&io::stdout()).bold(&finding)
    ));
    say("");
    match &failed {
        Some(failure) => explain(step, &program, failure, is_known(scene, failure)),
        None => praise(step, &program),
    }
    if let Some(picture) = picture {
        let description = failed.as_deref().map_or(NOTHING_WRONG.to_string(), seen);
        let drawn = picture::draw(&picture::Scene {
            title: &finding,
            description: &description,
            cast: scene.cast,
            events: &timeline.events,
            is_animated: picture.is_animated,
        });
        let file = &picture.file;
        fs::write(file, drawn)
            .map_err(|error| CouldNotTry(format!("cannot write {file}: {error}")))?;
        say_labelled("Picture", file);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is to be seen, in a few words: what the scene is known for, or whatever went wrong.
fn finding(scene: &Scene, failure: Option<&Failure>) -> String {
    let Some(failure) = failure else {
        return scene.right.to_string();
    };
    if is_known(scene, failure) {
        return scene.wrong.1.to_string();
    }
    let headline = in_words(&failure.headline());
    let (first, rest) = headline.split_at(headline.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}

/// Whether it is what the scene is known for, and the next step fixes. (Where a silent server's thread is seen at a lock, it
/// is the lock.)
fn is_known(scene: &Scene, failure: &Failure) -> bool {
    failure.id() == Some(scene.wrong.0) && !failure.waits_for_lock()
}

/// What to do after a scene in which all is right.
fn praise(step: &Step, program: &Program) {
    say_labelled("You see", NOTHING_WRONG);
    let next = step.number + 1;
    if Step::find(next).is_none() {
        return;
    }
    if scenes::after_step(next).is_some() {
        say_labelled("Go on", &format!("cargo run -- show {next}"));
    }
    if program.is_own() || !matches!(program, Program::Bin(_)) {
        say_labelled(
            "Check it",
            &format!("cargo run -- check {next}{}", program.as_typed()),
        );
    }
}

/// What was seen; the server may be ours.
fn seen(failure: &Failure) -> String {
    in_words(&failure.in_sentences()).replace("your server", "this server")
}

fn explain(step: &Step, program: &Program, failure: &Failure, is_known: bool) {
    say_labelled("You see", &seen(failure));
    let explanation = failure.explanation();
    say_labelled(
        failure.label(),
        &explanation.means.replace("your server", "this server"),
    );
    if let Some(next) = Step::find(step.number + 1) {
        let (number, name) = (step.number, next.name);
        if is_known {
            say_labelled("The fix", next.idea);
        } else {
            say_labelled("Look at", &explanation.look_at);
        }
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
        let begin = if learner::has_begun() {
            "change src/bin/mine/main.rs".to_string()
        } else {
            format!("cargo run -- start {number}")
        };
        say_labelled("Do it", &format!("{begin}, then {check}"));
    }
}
