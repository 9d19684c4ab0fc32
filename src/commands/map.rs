//! The map: the steps, what each is about, and what to type next.

use std::io;
use std::process::ExitCode;

use crate::cli::arguments::{Arguments, Stop};
use crate::cli::terminal::{Paint, print};
use crate::course::learner;
use crate::course::steps::{STEPS, Step};
use crate::text::wrapped;

/// The width of the text beside the names.
const WIDTH: usize = 62;

/// Prints the map.
pub fn run(arguments: Arguments) -> Result<ExitCode, Stop> {
    arguments.end()?;
    let paint = Paint::for_stream(&io::stdout());
    let passed = learner::passed();
    let steps: String = STEPS
        .iter()
        .map(|step| entry(step, passed, paint))
        .collect();
    let legend = passed.map_or("", |_| "\n✓ passed, or given to you   → you are here\n");
    let next = paint.bold(&next(passed));
    Ok(print(&format!(
        "One chat server, grown a step at a time, with threads and nothing but std.

{steps}{legend}
  cargo run --bin 3-broadcast   run a step
  cargo run -- talk             talk to it, in another terminal
  cargo run -- show 1           see what is still wrong with a step
  cargo run -- watch            check your program whenever you save it
  cargo run -- hint 2           when stuck: a question, an API, the code's shape
  cargo run -- --help           everything else

Next: {next}
"
    )))
}

/// What a step is about, and what is still wrong with it.
fn entry(step: &Step, passed: Option<usize>, paint: Paint) -> String {
    let mark = paint.green(mark(step.number, passed));
    let name = paint.bold(&format!("{:<15}", step.name));
    let problem = wrapped(&format!("still wrong: {}", step.problem), WIDTH);
    let problem = problem.iter().map(|line| paint.dim(line));
    let lines: Vec<String> = wrapped(step.idea, WIDTH)
        .into_iter()
        .chain(problem)
        .collect();
    format!("{mark} {name} {}\n", lines.join(&format!("\n{:<18}", "")))
}

/// Marks a step that the learner has passed, or is working on.
fn mark(step: usize, passed: Option<usize>) -> &'static str {
    match passed {
        Some(passed) if step <= passed => "✓",
        Some(passed) if step == passed + 1 => "→",
        _ => " ",
    }
}

fn next(passed: Option<usize>) -> String {
    let step = passed.unwrap_or(0) + 1;
    if !learner::has_begun() {
        "cargo run -- start 1   (your own copy of step 1, to be made step 2)".to_string()
    } else if Step::find(step).is_some() {
        format!("cargo run -- check {step}   (what your program lacks for step {step})")
    } else {
        "cargo run -- check     (all steps again)".to_string()
    }
}
