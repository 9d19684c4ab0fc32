//! What the server itself writes to its standard output and its standard error.

use std::process::ExitStatus;
use std::time::Instant;

use crate::runner::events::EventKind;
use crate::runner::harness::{Harness, LAST_MOMENTS, LAST_WORDS, TICK};
use crate::server::{Output, Printed};

/// How many lines of the server's output are shown, from its start.
const SHOWN_LINES: usize = 200;

/// The end of what was written, as a panic stands at the end.
#[derive(Default)]
pub struct ServerOutput {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub streams_ended: usize,
    lines: usize,
}

impl ServerOutput {
    /// Whether a line like this stands on its standard output.
    pub fn stdout_has_line_with(&self, beginning: &str) -> bool {
        let stdout = String::from_utf8_lossy(&self.stdout);
        stdout.lines().any(|printed| printed.starts_with(beginning))
    }
}

impl Harness<'_> {
    pub(super) fn note_printed(&mut self, printed: &Printed) {
        match &printed.what {
            Output::Stdout(line) => {
                keep(&mut self.output.stdout, line);
                self.output.lines += 1;
                if self.is_shown && self.output.lines <= SHOWN_LINES {
                    let text = self.masked(line);
                    self.record(printed.at, None, EventKind::Printed(text));
                }
            }
            Output::Stderr(line) => keep(&mut self.output.stderr, line),
            Output::Ended => self.output.streams_ended += 1,
        }
    }

    /// How the server ended, where connections ended with it: that takes a moment, a panic's words another.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + LAST_MOMENTS;
        while self.server.ended().is_none() && !self.server.is_shared() && self.has_time(deadline) {
            self.wait_until(Instant::now() + TICK);
        }
        let status = self.server.ended()?;
        // A child of it may hold the other end.
        let deadline = Instant::now() + LAST_WORDS;
        while self.output.streams_ended < 2 && self.has_time(deadline) {
            self.wait_until(Instant::now() + TICK);
        }
        self.record(Instant::now(), None, EventKind::Exited(status.to_string()));
        Some(status)
    }
}

/// Keeps the last of what a program wrote.
fn keep(kept: &mut Vec<u8>, line: &[u8]) {
    const LIMIT: usize = 8 * 1024;
    kept.extend_from_slice(line);
    if kept.len() > LIMIT {
        kept.drain(..kept.len() - LIMIT);
    }
}
