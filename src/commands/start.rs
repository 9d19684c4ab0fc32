//! `start`: copies a step's program to where the learner changes it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::arguments::{Arguments, Stop, UsageError, step};
use crate::cli::terminal::print;
use crate::course::learner;
use crate::course::steps::{STEP_ZERO, Step};
use crate::error::CouldNotTry;

/// Starts at a step.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let force = arguments.flag("--force");
    let step = match arguments.word()?.as_deref() {
        None => return Err(UsageError("which step?".to_string()).into()),
        Some("0") => &STEP_ZERO,
        Some(word) => step(word)?,
    };
    arguments.end()?;
    Ok(start(step, force)?)
}

/// Writes the files of `step` to `src/bin/mine`. With `force`, keeps a copy of what is there.
fn start(step: &Step, force: bool) -> Result<ExitCode, CouldNotTry> {
    let folder = learner::folder();
    let number = step.number;
    let mut text = String::new();
    if learner::has_begun() && !force {
        return Err(CouldNotTry(format!(
            "you have a program already, src/bin/mine.\n\
             Go on with it, or replace it by step {number} (yours is kept beside it):\n\n  \
             cargo run -- start {number} --force"
        )));
    }
    if learner::has_begun() {
        let copy = put_aside(&folder).map_err(|error| failed("keep a copy of", &folder, &error))?;
        text = format!("Your program so far is in {}.\n", learner::relative(&copy));
    }
    write_files(step, &folder).map_err(|error| failed("write to", &folder, &error))?;
    learner::note_passed(number);
    let what = if number == 0 {
        "an empty main".to_string()
    } else {
        format!("step {number}")
    };
    text += &format!("Your program is src/bin/mine/main.rs: {what}.\n");
    if let Some(next) = Step::find(number + 1) {
        text += &what_next(step, next);
    }
    Ok(print(&text))
}

fn what_next(step: &Step, next: &Step) -> String {
    let chapter = Step::find(step.number.max(1)).map_or("", |step| step.name);
    let (task, number, comparison) = (step.task(), next.number, next.comparison("main.rs"));
    format!(
        "
{task}

Read           steps/{chapter}/README.md
Try it         cargo run --bin mine
Check it       cargo run -- check {number}; or, whenever you save: cargo run -- watch
When stuck     cargo run -- hint {number}
When done      {comparison}
"
    )
}

fn failed(what: &str, folder: &Path, error: &io::Error) -> CouldNotTry {
    CouldNotTry(format!("could not {what} {}: {error}", folder.display()))
}

fn write_files(step: &Step, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // What is given may take the place of a file that the step itself has.
    for (name, text) in step.program().chain(step.given()) {
        fs::write(folder.join(name), as_own(step, name, text))?;
    }
    Ok(())
}

/// Puts the files that a step's exercise gives away beside the learner's program, unless the
/// learner has such files. Returns their names.
pub fn give(step: &Step) -> Vec<&'static str> {
    let folder = learner::folder();
    let is_own = |name: &str, text: &str| {
        let mut ours = step.program().filter(|(other, _)| *other == name);
        let is_ours = ours.any(|(_, ours)| as_own(step, name, ours) == text);
        !is_ours
    };
    let is_missing = |name: &str| {
        fs::read_to_string(folder.join(name)).map_or(true, |text| !is_own(name, &text))
    };
    let written = |(name, text)| {
        let written = fs::write(folder.join(name), as_own(step, name, text));
        written.is_ok().then_some(name) // If not, the compiler will ask for it.
    };
    let given = step.given().filter(|(name, _)| is_missing(name));
    given.filter_map(written).collect()
}

/// A step's file as part of the learner's program: `main.rs` begins with the task, and modules are
/// beside it.
fn as_own(step: &Step, name: &str, text: &str) -> String {
    let text = text.replace(&format!("Usage: {} ", step.name), "Usage: mine ");
    let lines = text.lines().filter(|line| !line.starts_with("#[path = "));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    let next = step.number + 1;
    if name != "main.rs" || Step::find(next).is_none() {
        return text;
    }
    let task = step.task();
    let task: String = task.lines().map(|line| format!("// {line}\n")).collect();
    let task = task.replace("// \n", "//\n");
    format!(
        "// Your task, step {next}. Check it with: cargo run -- check {next}\n//\n{task}\n{text}"
    )
}

/// Moves the files of the learner's program to a new folder beside them.
fn put_aside(folder: &Path) -> io::Result<PathBuf> {
    let mut copies = (1..).map(|number| folder.join(format!("before-{number}")));
    let copy = copies.find(|copy| !copy.exists()).unwrap_or_default();
    fs::create_dir(&copy)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::rename(entry.path(), copy.join(entry.file_name()))?;
        }
    }
    Ok(copy)
}
