//! `start`: puts a step's program where the learner goes on with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::arguments::{Argument, Arguments, Stop, UsageError, step, unexpected};
use crate::cli::terminal::print;
use crate::course::learner;
use crate::course::steps::{NOTHING, Step};
use crate::error::CouldNotTry;

/// Starts at a step.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let mut number = None;
    let mut force = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Word(word) if number.is_none() && word == "0" => number = Some(&NOTHING),
            Argument::Word(word) if number.is_none() => number = Some(step(&word)?),
            Argument::Option(option) if option == "--force" => force = true,
            argument => return Err(unexpected(&argument).into()),
        }
    }
    let step = number.ok_or_else(|| UsageError("which step?".to_string()))?;
    Ok(start(step, force)?)
}

/// Writes the files of `step` to `src/bin/mine`, and keeps what is there if `force` is set.
fn start(step: &Step, force: bool) -> Result<ExitCode, CouldNotTry> {
    let folder = learner::folder();
    let mut said = String::new();
    if learner::has_begun() {
        if !force {
            return Err(CouldNotTry(format!(
                "you have a program already, src/bin/mine.\n\
                 Go on with it, or replace it by step {number} (yours is kept beside it):\n\n  \
                 cargo run -- start {number} --force",
                number = step.number
            )));
        }
        let copy = put_aside(&folder).map_err(|error| failed("keep a copy of", &folder, &error))?;
        said = format!("Your program so far is in {}.\n", shown(&copy));
    }
    write_files(step, &folder).map_err(|error| failed("write to", &folder, &error))?;
    learner::note_passed(step.number);
    let next = step.number + 1;
    let what = match step.number {
        0 => "an empty main".to_string(),
        number => format!("step {number}"),
    };
    let mut text = format!("{said}Your program is src/bin/mine/main.rs: {what}.\n");
    if let Some(next_step) = Step::find(next) {
        text += &format!(
            "
{}

Read           steps/{chapter}/README.md
Try it         cargo run --bin mine
Check it       cargo run -- check {next}; or, whenever you save: cargo run -- watch
When stuck     cargo run -- hint {next}
When done      {comparison}
",
            step.task(),
            comparison = next_step.comparison("main.rs"),
            chapter = Step::find(step.number.max(1)).map_or("", |step| step.name),
        );
    }
    Ok(print(&text))
}

fn failed(what: &str, folder: &Path, error: &io::Error) -> CouldNotTry {
    CouldNotTry(format!("could not {what} {}: {error}", folder.display()))
}

/// A path as it is seen from the package's folder.
fn shown(path: &Path) -> String {
    path.strip_prefix(learner::package_folder())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn write_files(step: &Step, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, text) in step.files() {
        fs::write(folder.join(name), as_own(step, name, text))?;
    }
    Ok(())
}

/// Puts beside the learner's program what the exercise that starts here needs, unless it is there. Returns the names.
pub fn give(step: &Step) -> Vec<&'static str> {
    let folder = learner::folder();
    let is_new = |name: &&str| !folder.join(name).exists();
    let written = |(name, text)| {
        let written = fs::write(folder.join(name), as_own(step, name, text));
        written.is_ok().then_some(name) // If it is not, the compiler will ask for it.
    };
    let given = step.given().filter(|(name, _)| is_new(name));
    given.filter_map(written).collect()
}

/// A step's file as the learner's own: with the task on top, and its modules beside it.
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

/// Moves the files of the program so far into a new folder beside them.
fn put_aside(folder: &Path) -> io::Result<PathBuf> {
    let number = (1..usize::MAX)
        .find(|n| !folder.join(format!("before-{n}")).exists())
        .unwrap_or(1);
    let copy = folder.join(format!("before-{number}"));
    fs::create_dir(&copy)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::rename(entry.path(), copy.join(entry.file_name()))?;
        }
    }
    Ok(copy)
}
