//! Framing: bytes in, whole lines out, however the bytes were cut on their way.
//!
//! TCP carries bytes and knows no messages: one `write` may arrive in three reads, and three writes in one. So a reader
//! collects bytes until a line is whole. It must also know when to stop, or a line without end fills the memory: it holds
//! one line and one small buffer at most, whatever arrives.
//!
//! Nothing here knows of sockets. Anything that can be read will do, such as a slice of bytes in a test.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::mem;

use super::display;

/// The most bytes in a line, its end not counted.
pub const LIMIT: usize = 4096;

/// How many bytes are read at once. Most lines are far shorter, and each client has such a buffer as long as it stays.
const BUFFER: usize = 1024;

/// The lines of `input`, one after the other, until its end.
///
/// - A line ends with `\n` or `\r\n`. The last one may lack its end; if a read fails, as after a reset, it is dropped.
/// - A line with nothing to see counts as empty and is left out. Any other line keeps the white space around it: it may
///   be verse, or code.
/// - Its text is safe to print (`display.rs`).
pub struct Lines<R> {
    input: BufReader<R>,
    /// The rest of a line that was too long is still to be skipped.
    skipping: bool,
}

/// Why a line is not passed on. Its sender is told so in these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLine {
    TooLong,
    NotUtf8,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadLine::TooLong => write!(f, "Line too long: the limit is {LIMIT} bytes."),
            BadLine::NotUtf8 => write!(f, "Not valid UTF-8: the line was not sent."),
        }
    }
}

impl<R: Read> Lines<R> {
    pub fn new(input: R) -> Self {
        Lines {
            input: BufReader::with_capacity(BUFFER, input),
            skipping: false,
        }
    }

    /// The bytes up to the next `\n`, or as many as show that the line is too long.
    fn read_line(&mut self) -> Option<Vec<u8>> {
        if mem::take(&mut self.skipping) {
            self.input.skip_until(b'\n').ok()?;
        }
        let most = LIMIT + "\r\n".len();
        let mut line = Vec::new();
        let mut input = self.input.by_ref().take(most as u64);
        let length = input.read_until(b'\n', &mut line).ok()?;
        self.skipping = length == most && !line.ends_with(b"\n");
        (length > 0).then_some(line)
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = Result<String, BadLine>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = text(self.read_line()?);
            if !line.as_ref().is_ok_and(|text| display::is_blank(text)) {
                return Some(line);
            }
        }
    }
}

/// A line's text, without its end, and safe to print.
fn text(mut line: Vec<u8>) -> Result<String, BadLine> {
    for end in [b'\n', b'\r'] {
        if line.last() == Some(&end) {
            line.pop();
        }
    }
    if line.len() > LIMIT {
        return Err(BadLine::TooLong);
    }
    // Only now: a packet may end in the middle of a character, a line cannot.
    let text = String::from_utf8(line).map_err(|_| BadLine::NotUtf8)?;
    Ok(display::safe(&text))
}
