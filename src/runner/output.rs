//! The server's stdout and stderr.

use crate::server::Output;

/// How many lines of the server's output a display shows.
const SHOWN_LINES: usize = 200;

/// The tail of the output: a panic is at the end.
#[derive(Default)]
pub struct ServerOutput {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    streams_ended: usize,
    lines: usize,
}

impl ServerOutput {
    /// Adds a line of output. Returns it if it may be shown.
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

    /// Whether both streams have ended.
    pub fn has_ended(&self) -> bool {
        self.streams_ended >= 2
    }

    /// Whether stdout has a line with this beginning.
    pub fn stdout_has_line_with(&self, beginning: &str) -> bool {
        let stdout = String::from_utf8_lossy(&self.stdout);
        stdout.lines().any(|printed| printed.starts_with(beginning))
    }
}

/// Appends a line, and keeps only the tail.
fn keep(kept: &mut Vec<u8>, line: &[u8]) {
    const LIMIT: usize = 8 * 1024;
    kept.extend_from_slice(line);
    if kept.len() > LIMIT {
        kept.drain(..kept.len() - LIMIT);
    }
}
