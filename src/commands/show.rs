//! `show`: runs a step for real, and draws the scene that shows what is still wrong with it.

use std::fs;
use std::io;
use std::process::ExitCode;

use crate::check::checker::Checker;
use crate::check::failure::{Failure, failure};
use crate::check::scenes::{self, Scene};
use crate::cli::arguments::{Arguments, Stop, UsageError};
use crate::cli::terminal::{Paint, print_field, print_line, with_status};
use crate::course::learner;
use crate::course::steps::Step;
use crate::error::CouldNotTry;
use crate::model::session::in_words;
use crate::runner::events::Event;
use crate::runner::patience;
use crate::server::program::{Program, Ready};
use crate::show::picture;
use crate::show::timeline::Timeline;

const NOTHING_WRONG: &str = "everybody hears what is expected: nothing is wrong here.";

pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let svg = arguments.value("--svg")?;
    let is_animated = arguments.flag("--animate");
    let program = arguments.program()?;
    let step = arguments.step()?;
    arguments.end()?;
    if is_animated && svg.is_none() {
        return Err(UsageError("--animate goes with --svg FILE".to_string()).into());
    }
    let step = step.ok_or_else(|| UsageError("which step?".to_string()))?;
    let picture = svg.map(|file| Picture { file, is_animated });
    Ok(show(step, program, picture.as_ref())?)
}

/// Draws the scene on the terminal, and into a file if there is one.
fn show(
    step: &Step,
    program: Option<Program>,
    picture: Option<&Picture>,
) -> Result<ExitCode, CouldNotTry> {
    let nothing = || {
        CouldNotTry(format!(
            "nothing is wrong with {} that a scene shows",
            step.name
        ))
    };
    let scene = scenes::after_step(step.number).ok_or_else(nothing)?;
    let program = program.unwrap_or_else(|| Program::Bin(step.name.to_string()));
    let ready = program.prepare()?;
    let (number, title, name) = (step.number, scene.title, program.name());
    print_line(&format!("show {number}: {title}, on {name}\n"));
    let mut timeline = Timeline::begin(scene.cast);
    let failure = play(step, scene, &ready, &mut timeline)?;
    let finding = finding(scene, failure.as_deref());
    let paint = Paint::for_stream(&io::stdout());
    print_line(&format!("    {}\n", paint.bold(&finding)));
    match &failure {
        Some(failure) => explain(step, &program, failure, is_known(scene, failure)),
        None => praise(step, &program),
    }
    if let Some(picture) = picture {
        picture.write(&finding, failure.as_deref(), scene.cast, &timeline.events)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Plays the scene and draws it meanwhile. Returns what is wrong.
fn play(
    step: &Step,
    scene: &Scene,
    ready: &Ready,
    timeline: &mut Timeline,
) -> Result<Option<Box<Failure>>, CouldNotTry> {
    let checker = Checker::of(step.number + 1, ready, patience::ANSWER, 1);
    let mut failed = failure(checker.show(scene, timeline))?;
    print_line("");
    if let Some(failure) = &mut failed {
        let place = scenes::place(step.number + 1, scene);
        with_status("looks for the cause", || {
            checker.diagnose_scene(place, failure);
        });
    }
    Ok(failed)
}

/// A file for the picture, and whether the picture moves.
struct Picture {
    file: String,
    is_animated: bool,
}

impl Picture {
    fn write(
        &self,
        finding: &str,
        failure: Option<&Failure>,
        cast: &[&str],
        events: &[Event],
    ) -> Result<(), CouldNotTry> {
        let file = &self.file;
        let drawn = picture::draw(&picture::Scene {
            title: finding,
            description: &failure.map_or(NOTHING_WRONG.to_string(), seen),
            cast,
            events,
            is_animated: self.is_animated,
        });
        fs::write(file, drawn)
            .map_err(|error| CouldNotTry(format!("cannot write {file}: {error}")))?;
        print_field("Picture", file);
        Ok(())
    }
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

/// Whether it is what the scene is known for, and the next step fixes. (Where a silent server's
/// thread is seen at a lock, it is the lock.)
fn is_known(scene: &Scene, failure: &Failure) -> bool {
    failure.id() == Some(scene.wrong.0) && !failure.waits_for_lock()
}

/// What to do after a scene in which all is right.
fn praise(step: &Step, program: &Program) {
    print_field("You see", NOTHING_WRONG);
    let next = step.number + 1;
    if Step::find(next).is_none() {
        return;
    }
    if scenes::after_step(next).is_some() {
        print_field("Go on", &format!("cargo run -- show {next}"));
    }
    if program.is_own() || !matches!(program, Program::Bin(_)) {
        print_field(
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
    print_field("You see", &seen(failure));
    let explanation = failure.explanation();
    let means = explanation.means.replace("your server", "this server");
    print_field(failure.label(), &means);
    let Some(next) = Step::find(step.number + 1) else {
        return;
    };
    if is_known {
        print_field("The fix", next.idea);
    } else {
        print_field("Look at", &explanation.look_at);
    }
    let (number, name) = (step.number, next.name);
    print_field(
        "See it",
        &format!("cargo run -- show {number} --bin {name}"),
    );
    exercise(step, next, program);
}

/// What to change, and how to check it.
fn exercise(step: &Step, next: &Step, program: &Program) {
    let check = format!("cargo run -- check {}", next.number);
    if let Program::Command(_) | Program::At(_) = program {
        print_field("Do it", "change your program");
        // In one line, however long: it is to be pasted.
        return print_line(&format!("    Check it   {check}{}", program.as_typed()));
    }
    let begin = if learner::has_begun() {
        "change src/bin/mine/main.rs".to_string()
    } else {
        format!("cargo run -- start {}", step.number)
    };
    print_field("Do it", &format!("{begin}, then {check}"));
}
