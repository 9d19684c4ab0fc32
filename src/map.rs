//! The map: the steps, what each is about, and what to type next.

use std::io;
use std::process::ExitCode;

use crate::arguments::{Arguments, Stop};
use crate::own;
use crate::steps::STEPS;
use crate::terminal::{Paint, print, wrapped};

/// Prints the map.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    arguments.end()?;
    let paint = Paint::for_stream(&io::stdout());
    let mut text = "One chat server, grown a step at a time, with threads and nothing but std.\n\n"
        .to_string();
    for step in STEPS {
        let name = paint.bold(&format!("{:<15}", step.name));
        text += &format!("  {name} {}\n", step.idea);
        for line in wrapped(&format!("still wrong: {}", step.problem), 60) {
            text += &format!("  {:<15} {}\n", "", paint.dim(&line));
        }
    }
    text += "
  cargo run --bin 3-broadcast   run a step
  cargo run -- talk             talk to it, in another terminal; or: nc localhost 1337
  cargo run -- show 1           see what is still wrong with a step
  cargo run -- watch            check your program whenever you save it
  cargo run -- hint 2           when stuck: a question, an API, the code's shape
  cargo run -- --help           everything else

";
    text += &format!("Next: {}\n", paint.bold(next()));
    Ok(print(&text))
}

fn next() -> &'static str {
    if own::has_begun() {
        "cargo run -- check     (how far you have got)"
    } else {
        "cargo run -- start 1   (your own copy of step 1, to be made step 2)"
    }
}
