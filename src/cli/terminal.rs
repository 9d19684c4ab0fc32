//! What a terminal shows: colour where it is wanted, and bytes without harm.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;

use crate::text::{excerpt, wrapped};

/// The widths that a text may take, and the one that is taken where the terminal does not tell its own.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;
const USUAL_WIDTH: usize = 80;
/// No text is wider than this beside its label: longer lines are hard to read.
const TEXT_WIDTH: usize = 65;
/// The width of the label.
const LABEL_WIDTH: usize = 15;

/// Colours for one output stream, or none.
#[derive(Clone, Copy)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Colour on a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
    pub fn for_stream(stream: &impl IsTerminal) -> Paint {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Paint {
            on: stream.is_terminal() && !unwanted && understands_escapes(),
        }
    }

    pub fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.on {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    }
}

/// The old Windows console prints escape sequences as they are; the new one says who it is.
fn understands_escapes() -> bool {
    !cfg!(windows) || env::var_os("WT_SESSION").is_some() || env::var_os("TERM").is_some()
}

/// The width of the terminal, from 40 to 120 columns; 80 where the output goes elsewhere.
pub fn width() -> usize {
    static WIDTH: OnceLock<usize> = OnceLock::new();
    *WIDTH.get_or_init(|| {
        let told = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let is_terminal = io::stdout().is_terminal();
        let width = told.or_else(|| is_terminal.then(asked_width).flatten());
        width
            .unwrap_or(USUAL_WIDTH)
            .clamp(*WIDTHS.start(), *WIDTHS.end())
    })
}

/// What the terminal answers: `stty size` says `24 80`. Windows has no such program.
fn asked_width() -> Option<usize> {
    let mut stty = Command::new("stty");
    let output = stty.arg("size").stdin(Stdio::inherit()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let width = text.split_whitespace().nth(1)?.parse().ok()?;
    (width > 0).then_some(width)
}

/// Does something that takes a while. On a terminal it tells what, until it is done.
pub fn telling<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !io::stdout().is_terminal() {
        return work();
    }
    print(&format!("    … {what}"));
    let done = work();
    print("\r\x1b[K");
    done
}

/// Prints all that a command has to say.
pub fn print(text: &str) -> ExitCode {
    let mut stdout = io::stdout();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    ExitCode::SUCCESS
}

/// Prints a line. If nobody reads it any more, the command goes on for the sake of its exit status.
pub fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a text behind a sign that is so many columns wide. On a terminal, what is too long goes on below, further in.
pub fn say_behind(sign: &str, columns: usize, text: &str) {
    const FURTHER: usize = 2;
    if !io::stdout().is_terminal() || columns + text.chars().count() <= width() {
        return say(&format!("{sign}{text}"));
    }
    let lines = wrapped(text, width() - columns - FURTHER);
    say(&format!("{sign}{}", lines[0]));
    for line in &lines[1..] {
        say(&format!("{:columns$}  {line}", ""));
    }
}

/// Prints a text beside its label, in lines that fit the terminal.
pub fn say_labelled(label: &str, text: &str) {
    let paint = Paint::for_stream(&io::stdout());
    let limit = TEXT_WIDTH.min(width() - LABEL_WIDTH);
    for (number, line) in wrapped(text, limit).iter().enumerate() {
        let label = if number == 0 { label } else { "" };
        say(&format!(
            "    {} {line}",
            paint.bold(&format!("{label:<10}"))
        ));
    }
}

/// Prints the last lines that a server has written somewhere: a panic stands at the end.
pub fn say_last_words(place: &str, text: &str) {
    const LINES: usize = 8;
    let paint = Paint::for_stream(&io::stdout());
    // A Rust program's backtrace says nothing that its first lines have not said.
    let lines = text
        .lines()
        .take_while(|line| !line.starts_with("stack backtrace:"));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    if !lines.is_empty() {
        say(&format!("      on its standard {place}:"));
    }
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        say(&format!(
            "      {} {}",
            paint.dim("│"),
            excerpt(line.as_bytes())
        ));
    }
}

/// How many columns a terminal gives a character: none, one or two. The ranges are the ones that
/// Unicode's East Asian Width calls wide, and the marks that join the character before them.
pub fn columns(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}
