//! A status line on the terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

const REFRESH_INTERVAL: Duration = Duration::from_millis(100);
/// What a narrow terminal shows on one line.
const WIDTH: usize = 70;

/// The line on stderr, if that is a terminal.
pub struct Progress {
    is_terminal: bool,
    shown_at: Instant,
}

impl Progress {
    pub fn new() -> Progress {
        Progress {
            is_terminal: io::stderr().is_terminal(),
            shown_at: Instant::now(),
        }
    }

    /// Shows the progress, but not too often.
    pub fn show(&mut self, text: impl FnOnce() -> String) {
        if self.is_terminal && self.shown_at.elapsed() > REFRESH_INTERVAL {
            self.shown_at = Instant::now();
            self.write(&text());
        }
    }

    /// Clears the line for what is printed next.
    pub fn clear(&self) {
        self.write("");
    }

    fn write(&self, text: &str) {
        let text: String = text.chars().take(WIDTH).collect();
        if self.is_terminal {
            let _ = write!(io::stderr(), "\r{text:<WIDTH$}\r");
        }
    }
}
