//! Bytes become messages: in step 3 a read is one, later a line is.

use std::io::BufRead;

use crate::model::contract::{
    ClientId, Contract, Expected, Hook, Kind, LIMIT, Line, Message, Packet, Quirk,
};
use crate::model::features::Feature;

pub const TOO_LONG: &str = "Line too long: the limit is 4096 bytes.";
pub const NOT_UTF8: &str = "Not valid UTF-8: the line was not sent.";

const _: () = assert!(LIMIT == 4096); // As TOO_LONG has it.

impl Contract {
    pub(super) fn receive(&mut self, who: ClientId, bytes: &[u8]) {
        let bytes = self.read(who, bytes);
        self.clients[who].sent += 1;
        if !self.is_chat() {
            return self.echo(who, bytes);
        }
        for message in self.frame(who, &bytes) {
            if !self.clients[who].has_gone() || self.has_quirk(Quirk::ReadAfterExit) {
                self.process(who, message);
            }
        }
    }

    pub(super) fn echo(&mut self, who: ClientId, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.send(Kind::Echo, who, Expected::Bytes(bytes));
        }
    }

    /// The bytes, as the server sees them.
    fn read(&mut self, by: ClientId, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for at in 0..self.deviations.len() {
            let deviation = self.deviations[at];
            if let Hook::Read(read) = deviation.hook {
                bytes = read(&mut self.packet(by, &bytes, deviation.size));
            }
        }
        bytes
    }

    fn frame(&mut self, by: ClientId, bytes: &[u8]) -> Vec<Message> {
        for at in 0..self.deviations.len() {
            let deviation = self.deviations[at];
            if let Hook::Frame(frame) = deviation.hook {
                return frame(&mut self.packet(by, bytes, deviation.size));
            }
        }
        if self.has(Feature::Lines) {
            return self.lines(by, bytes);
        }
        vec![match std::str::from_utf8(bytes) {
            Ok(text) => Message::Text(text.trim().to_string()),
            Err(_) => Message::Garbage,
        }]
    }

    fn packet<'c>(&'c mut self, by: ClientId, bytes: &'c [u8], size: usize) -> Packet<'c> {
        Packet {
            contract: self,
            by,
            bytes,
            size,
        }
    }

    /// The lines that are whole by now. What is too long is refused as soon as that is certain.
    pub fn lines(&mut self, who: ClientId, bytes: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let client = &mut self.clients[who];
            let _ = rest.read_until(b'\n', &mut client.unfinished); // From memory: it cannot fail.
            let is_whole = client.unfinished.ends_with(b"\n");
            let is_too_long = client.unfinished.len() > self.limit.saturating_add("\r\n".len());
            if !is_whole && !is_too_long && !client.skips {
                continue;
            }
            let line = std::mem::take(&mut client.unfinished);
            let was_refused = std::mem::replace(&mut client.skips, !is_whole);
            if !was_refused {
                messages.push(self.message(&line));
            }
        }
        messages
    }

    /// A line as others may see it, or why not.
    pub fn message(&self, line: &[u8]) -> Message {
        for deviation in &self.deviations {
            if let Hook::Decode(decode) = deviation.hook {
                return decode(&Line {
                    contract: self,
                    bytes: line,
                    size: deviation.size,
                });
            }
        }
        decoded(line, self.limit)
    }
}

/// A line as others may see it: it ends with `\n` or `\r\n`, is UTF-8 and not too long, and
/// nothing in it steers a terminal.
pub fn decoded(line: &[u8], limit: usize) -> Message {
    let line = without_end(line);
    if line.len() > limit {
        return Message::Refused(TOO_LONG);
    }
    match std::str::from_utf8(line) {
        Ok(text) if is_plain(line) => Message::Text(text.to_string()), // Most are.
        Ok(text) => Message::Text(text.replace(is_unsafe_to_print, "\u{fffd}")),
        Err(_) => Message::Refused(NOT_UTF8),
    }
}

/// Whether nothing in it needs an escape. For a long line, std is faster than a loop of ours.
fn is_plain(line: &[u8]) -> bool {
    line.escape_ascii().to_string().len() == line.len()
}

pub fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

pub fn is_unsafe_to_print(c: char) -> bool {
    c.is_control() && c != '\t'
}
