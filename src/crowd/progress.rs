//! A progress line on the terminal, which is overwritten again and again.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

const REFRESH_INTERVAL: Duration = Duration::from_millis(100);
/// As much as a narrow terminal shows on one line.
const WIDTH: usize = 70;

/// The line on stderr, if that is a terminal.
pub struct Progress {
    is_shown: bool,
    title: String,
    shown_at: Instant,
}

impl Progress {
    pub fn new() -> Progress {
        Progress {
            is_shown: io::stderr().is_terminal(),
            title: String::new(),
            shown_at: Instant::now(),
        }
    }

    /// Names the next part of the work.
    pub fn title(&mut self, title: &str) {
        self.title = title.to_string();
    }

    /// Shows how far it is, but not too often.
    pub fn show(&mut self, text: impl FnOnce() -> String) {
        if self.is_shown && self.shown_at.elapsed() > REFRESH_INTERVAL {
            self.shown_at = Instant::now();
            write_line(&format!("{}: {}", self.title, text()));
        }
    }

    /// Clears the line for what is printed next.
    pub fn clear(&mut self) {
        if self.is_shown {
            write_line("");
        }
    }
}

fn write_line(text: &str) {
    let text: String = text.chars().take(WIDTH).collect();
    let _ = write!(io::stderr(), "\r{text:<WIDTH$}\r");
}
