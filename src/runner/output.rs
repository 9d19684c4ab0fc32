//! What the server itself writes to its standard output and its standard error.

use crate::server::Output;

/// How many lines of the server's output are shown, from its start.
const SHOWN_LINES: usize = 200;

/// The end of what was written, as a panic stands at the end.
#[derive(Default)]
pub struct ServerOutput {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    streams_ended: usize,
    lines: usize,
}

impl ServerOutput {
    /// Keeps what was printed. Returns a line that may be shown.
    pub fn add<'o>(&mut self, output: &'o Output) -> Option<&'o [u8]> {
        match output {
            Output::Stdout(line) => {
                keep(&mut self.stdout, line);
                self.lines += 1;
                return (self.lines <= SHOWN_LINES).then_some(line);
            }
            Output::Stderr(line) => keep(&mut self.stderr, line),
            Output::Ended => self.streams_ended += 1,
        }
        None
    }

    /// Whether nothing more can be printed.
    pub fn has_ended(&self) -> bool {
        self.streams_ended >= 2
    }

    /// Whether a line like this stands on its standard output.
    pub fn stdout_has_line_with(&self, beginning: &str) -> bool {
        let stdout = String::from_utf8_lossy(&self.stdout);
        stdout.lines().any(|printed| printed.starts_with(beginning))
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
