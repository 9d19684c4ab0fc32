//! Output for the terminal: colours, widths, indented text.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::iter;
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;

use crate::text::{excerpt, wrapped};

/// The width of the output: its limits, and the one for a terminal whose width is unknown.
const MIN_WIDTH: usize = 40;
const MAX_WIDTH: usize = 120;
const USUAL_WIDTH: usize = 80;
/// The width of the text in a field: longer lines are hard to read.
const TEXT_WIDTH: usize = 65;
/// The width of a field's label, with its indentation.
const LABEL_WIDTH: usize = 15;

/// Colours for one output stream, if it supports them.
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

/// The old Windows console prints escape sequences as they are; the new one sets a variable.
fn understands_escapes() -> bool {
    !cfg!(windows) || env::var_os("WT_SESSION").is_some() || env::var_os("TERM").is_some()
}

/// The width of the terminal, from 40 to 120 columns; 80 where the output goes elsewhere.
pub fn width() -> usize {
    static WIDTH: OnceLock<usize> = OnceLock::new();
    *WIDTH.get_or_init(|| {
        let set = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let is_terminal = io::stdout().is_terminal();
        let width = set.or_else(|| is_terminal.then(stty_width).flatten());
        width.unwrap_or(USUAL_WIDTH).clamp(MIN_WIDTH, MAX_WIDTH)
    })
}

/// The width that `stty size` prints, such as `24 80`. Windows has no such program.
fn stty_width() -> Option<usize> {
    let mut stty = Command::new("stty");
    let output = stty.arg("size").stdin(Stdio::inherit()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let width = text.split_whitespace().nth(1)?.parse().ok()?;
    (width > 0).then_some(width)
}

/// Runs `work` with a status line, if stdout is a terminal.
pub fn with_status<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !io::stdout().is_terminal() {
        return work();
    }
    print(&format!("    … {what}"));
    let done = work();
    print("\r\x1b[K");
    done
}

/// Prints the whole output of a command.
pub fn print(text: &str) -> ExitCode {
    let mut stdout = io::stdout();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    ExitCode::SUCCESS
}

/// Prints a line. If stdout is closed, the command continues for its exit status.
pub fn print_line(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a text after a sign of this many columns, on a terminal with a hanging indent.
pub fn print_hanging(sign: &str, columns: usize, text: &str) {
    const INDENT: usize = 2;
    if !io::stdout().is_terminal() || columns + text.chars().count() <= width() {
        return print_line(&format!("{sign}{text}"));
    }
    let lines = wrapped(text, width() - columns - INDENT);
    print_line(&format!("{sign}{}", lines[0]));
    for line in &lines[1..] {
        print_line(&format!("{:columns$}  {line}", ""));
    }
}

/// Prints a label, and a text beside it in lines that fit the terminal.
pub fn print_field(label: &str, text: &str) {
    let paint = Paint::for_stream(&io::stdout());
    let lines = wrapped(text, TEXT_WIDTH.min(width() - LABEL_WIDTH));
    for (label, line) in iter::once(label).chain(iter::repeat("")).zip(lines) {
        print_line(&format!(
            "    {} {line}",
            paint.bold(&format!("{label:<10}"))
        ));
    }
}

/// Prints the last lines of a server's output: a panic is at the end.
pub fn print_output_tail(stream: &str, text: &str) {
    const LINES: usize = 8;
    let bar = Paint::for_stream(&io::stdout()).dim("│");
    // The backtrace of a Rust program adds nothing to the lines above it.
    let is_before_backtrace = |line: &&str| !line.starts_with("stack backtrace:");
    let lines = text.lines().take_while(is_before_backtrace);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    if !lines.is_empty() {
        print_line(&format!("      on its standard {stream}:"));
    }
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        print_line(&format!("      {bar} {}", excerpt(line.as_bytes())));
    }
}

/// The columns of a character on a terminal: two for wide ones (Unicode's East Asian Width), none
/// for combining marks.
pub fn char_width(c: char) -> usize {
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
