//! The messages of the room, in the order in which every client must receive them.
//!
//! All clients share one transcript. The first client that receives a message appends it; all
//! others must receive the same bytes, which is cheap to compare. A client's lines are parsed one
//! by one only after the first difference.

use std::collections::BTreeSet;
use std::mem;

/// An endless line is cut here.
const MAX_LINE: usize = 64 * 1024;
/// The largest number in a message: beyond it, digits of two lines have run together.
const MAX_NUMBER: usize = 10_000_000;
/// The beginning of a message.
const MARK: &[u8] = b"crowd ";
const SAYS: &[u8] = b" says: ";
const PADDING: u8 = b'-';

/// The line for a client's message, `size` bytes with its newline. Both numbers in it start at 1.
pub fn message(client: usize, number: usize, size: usize) -> Vec<u8> {
    let mut line = format!("crowd {}:{} ", client + 1, number + 1).into_bytes();
    line.resize((size - 1).max(line.len() + 1), PADDING);
    line.push(b'\n');
    line
}

/// A line that a client has received.
enum Line<'a> {
    Message(Message<'a>),
    /// Any other line: a client joined or left, or is not one of ours.
    Notice,
    /// A part of a message, or parts of several.
    Torn,
}

/// A whole message of one of our clients.
struct Message<'a> {
    /// The server's name for the client.
    name: &'a [u8],
    client: usize,
    number: usize,
}

fn parse_message(line: &[u8], mark: usize) -> Option<Message<'_>> {
    let name = line[..mark].strip_suffix(SAYS)?;
    let text = str::from_utf8(&line[mark + MARK.len()..]).ok()?;
    let (numbers, padding) = text.split_once(' ')?;
    let (client, number) = numbers.split_once(':')?;
    let is_padding = !padding.is_empty() && padding.bytes().all(|byte| byte == PADDING);
    let message = Message {
        name,
        client: parse_index(client)?,
        number: parse_index(number)?,
    };
    (is_padding && find(name, SAYS).is_none()).then_some(message)
}

fn parse_index(number: &str) -> Option<usize> {
    let number = number.parse().ok()?;
    (1..=MAX_NUMBER).contains(&number).then(|| number - 1)
}

pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// The lines of a text, with their newlines.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

/// The length of the whole lines at the beginning of a text.
pub fn whole_lines(text: &[u8]) -> usize {
    let newline = text.iter().rposition(|byte| *byte == b'\n');
    newline.map_or(0, |newline| newline + 1)
}

/// All messages so far: those of each client complete and in order.
pub struct Transcript {
    bytes: Vec<u8>,
    talkers: Vec<Talker>,
    /// How many messages it holds.
    messages: usize,
}

/// A client's messages in the transcript.
#[derive(Clone, Default)]
struct Talker {
    /// The server's name for the client.
    name: Vec<u8>,
    messages: usize,
    /// Where the last message ends.
    end: usize,
}

impl Transcript {
    pub fn new(clients: usize) -> Transcript {
        Transcript {
            bytes: Vec::new(),
            talkers: vec![Talker::default(); clients],
            messages: 0,
        }
    }

    /// Parses a line, with or without its newline. A message under another client's name is torn.
    fn parse<'a>(&self, line: &'a [u8]) -> Line<'a> {
        let line = line.trim_ascii_end();
        match find(line, MARK) {
            Some(mark) => parse_message(line, mark)
                .filter(|message| self.knows(message))
                .map_or(Line::Torn, Line::Message),
            None if line.ends_with(&[PADDING; 3]) => Line::Torn,
            None => Line::Notice,
        }
    }

    fn knows(&self, message: &Message) -> bool {
        let talker = self.talkers.get(message.client);
        talker.is_some_and(|talker| talker.messages == 0 || talker.name == message.name)
    }

    /// Appends a message, if it is the next one of its client. Returns whether it was.
    fn append(&mut self, line: &[u8], message: &Message) -> bool {
        let talker = &mut self.talkers[message.client];
        if message.number != talker.messages {
            return false;
        }
        if message.number == 0 {
            talker.name = message.name.to_vec();
        }
        self.bytes.extend_from_slice(line);
        self.messages += 1;
        talker.messages += 1;
        talker.end = self.bytes.len();
        true
    }

    /// The messages before a position.
    fn received_at(&self, position: usize) -> Received {
        let mut next: Vec<usize> = self.talkers.iter().map(|t| t.messages).collect();
        // The messages in flight are few, so there are few from the position to the end.
        for line in lines(&self.bytes[position..]) {
            if let Line::Message(message) = self.parse(line) {
                next[message.client] -= 1;
            }
        }
        Received {
            passed: next.iter().sum(),
            next,
            missing: BTreeSet::new(),
        }
    }
}

/// Which messages a client has received.
#[derive(Clone)]
pub struct Received {
    /// For each client, the number of the next message from it; and the sum of these.
    next: Vec<usize>,
    passed: usize,
    /// Messages overtaken by a later one of the same client: the client, and the number.
    missing: BTreeSet<(usize, usize)>,
}

impl Received {
    pub fn count(&self) -> usize {
        self.passed - self.missing.len()
    }

    /// The first message that was sent but not received: the client that sent it, and its number.
    pub fn first_missing(&self, sent: &[usize]) -> Option<(usize, usize)> {
        let next = self.next.iter().copied().enumerate();
        let rest = next.filter(|(client, next)| *next < sent[*client]);
        self.missing.iter().copied().chain(rest).next()
    }
}

/// How far a client has received the transcript.
#[derive(Default)]
pub struct Cursor {
    /// The beginning of a line in the transcript.
    position: usize,
    /// The received part of the client's next line.
    pub rest: Vec<u8>,
    /// Set at the first line that differs from the transcript.
    pub divergence: Option<Box<Divergence>>,
}

impl Cursor {
    /// Takes bytes that the client has received.
    pub fn take(&mut self, bytes: &[u8], transcript: &mut Transcript) {
        if self.rest.is_empty() {
            let taken = self.take_lines(bytes, transcript);
            self.rest.extend_from_slice(&bytes[taken..]);
        } else {
            let mut text = mem::take(&mut self.rest);
            text.extend_from_slice(bytes);
            let taken = self.take_lines(&text, transcript);
            text.drain(..taken);
            self.rest = text;
        }
    }

    /// Takes whole lines: those that equal the transcript all at once, others one by one. Returns
    /// their length.
    fn take_lines(&mut self, text: &[u8], transcript: &mut Transcript) -> usize {
        let mut taken = 0;
        loop {
            taken += self.follow(&text[taken..], transcript);
            let line = lines(&text[taken..]).next().unwrap_or_default();
            if !line.ends_with(b"\n") && line.len() <= MAX_LINE {
                return taken;
            }
            self.take_line(line, transcript);
            taken += line.len();
        }
    }

    /// Advances past the lines that equal the transcript. Returns their length.
    fn follow(&mut self, text: &[u8], transcript: &Transcript) -> usize {
        if self.divergence.is_some() {
            return 0;
        }
        let same = common_prefix(text, &transcript.bytes[self.position..]);
        let whole = whole_lines(&text[..same]);
        self.position += whole;
        whole
    }

    fn take_line(&mut self, line: &[u8], transcript: &mut Transcript) {
        let parsed = transcript.parse(line);
        if let Some(divergence) = &mut self.divergence {
            return divergence.count(&parsed);
        }
        let is_at_end = self.position == transcript.bytes.len();
        match &parsed {
            // Arrivals and departures may come in another order.
            Line::Notice => {}
            Line::Message(message) if is_at_end && transcript.append(line, message) => {
                self.position = transcript.bytes.len();
            }
            _ => {
                let mut divergence = Divergence::new(line, self.position, transcript);
                divergence.count(&parsed);
                self.divergence = Some(Box::new(divergence));
            }
        }
    }

    /// Whether this many messages of a client have arrived.
    pub fn has_received(&self, client: usize, messages: usize, transcript: &Transcript) -> bool {
        if let Some(divergence) = &self.divergence {
            return divergence.received.next[client] >= messages;
        }
        let talker = &transcript.talkers[client];
        talker.messages >= messages && talker.end <= self.position
    }

    /// Whether this many messages of all clients together have arrived.
    pub fn has_received_all(&self, messages: usize, transcript: &Transcript) -> bool {
        match &self.divergence {
            Some(divergence) => divergence.received.passed >= messages,
            None => transcript.messages >= messages && transcript.bytes.len() == self.position,
        }
    }

    pub fn received(&self, transcript: &Transcript) -> Received {
        match &self.divergence {
            Some(divergence) => divergence.received.clone(),
            None => transcript.received_at(self.position),
        }
    }
}

/// The length of the beginning that two texts share.
fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let length = one.len().min(other.len());
    if one[..length] == other[..length] {
        return length;
    }
    let mut pairs = one.iter().zip(other);
    pairs.position(|(a, b)| a != b).unwrap_or(length)
}

/// What is wrong with lines that a client has received.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Defects {
    pub doubled: usize,
    /// Messages that came after a later one of the same client.
    pub late: usize,
    pub torn: usize,
}

/// A client's lines from the first one that differs from the transcript.
pub struct Divergence {
    /// The first line that differs.
    pub line: Vec<u8>,
    /// The line that others received in its place, if they had received more.
    pub expected: Option<Vec<u8>>,
    pub defects: Defects,
    received: Received,
}

impl Divergence {
    fn new(line: &[u8], position: usize, transcript: &Transcript) -> Divergence {
        Divergence {
            line: line.to_vec(),
            expected: lines(&transcript.bytes[position..])
                .next()
                .map(<[u8]>::to_vec),
            defects: Defects::default(),
            received: transcript.received_at(position),
        }
    }

    /// Whether every message came, in each sender's order, but not in the order of the others.
    pub fn is_order_alone(&self) -> bool {
        self.defects == Defects::default() && self.received.missing.is_empty()
    }

    fn count(&mut self, line: &Line) {
        match line {
            Line::Notice => {}
            Line::Torn => self.defects.torn += 1,
            Line::Message(message) => self.count_message(message.client, message.number),
        }
    }

    fn count_message(&mut self, client: usize, number: usize) {
        let received = &mut self.received;
        let next = received.next[client];
        if number >= next {
            let skipped = (next..number).map(|number| (client, number));
            received.missing.extend(skipped);
            received.next[client] = number + 1;
            received.passed += number + 1 - next;
        } else if received.missing.remove(&(client, number)) {
            self.defects.late += 1;
        } else {
            self.defects.doubled += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two clients receive texts, in pieces of this many bytes.
    fn receive(texts: [&str; 2], piece: usize) -> (Transcript, [Cursor; 2]) {
        let mut transcript = Transcript::new(2);
        let cursors = texts.map(|text| {
            let mut cursor = Cursor::default();
            for bytes in text.as_bytes().chunks(piece) {
                cursor.take(bytes, &mut transcript);
            }
            cursor
        });
        (transcript, cursors)
    }

    const A1: &str = "a says: crowd 1:1 ---\n";
    const A2: &str = "a says: crowd 1:2 ---\n";
    const B1: &str = "b says: crowd 2:1 ---\n";
    const LEFT: &str = "c left the chat.\n";

    #[test]
    fn the_same_is_the_same_however_it_was_cut() {
        let (one, other) = ([A1, LEFT, B1, A2].concat(), [A1, B1, A2, LEFT].concat());
        for piece in 1..one.len() {
            let (transcript, cursors) = receive([&one, &other], piece);
            for cursor in &cursors {
                assert!(cursor.has_received_all(3, &transcript));
                assert!(cursor.divergence.is_none());
            }
        }
    }

    #[test]
    fn defects_are_counted_however_the_text_was_cut() {
        let counts = |doubled, late, torn, missing| {
            let defects = Defects {
                doubled,
                late,
                torn,
            };
            (defects, missing)
        };
        for (wrong, expected) in [
            ([A1, A1, B1, A2].concat(), counts(1, 0, 0, 0)),
            ([A2, B1, A1].concat(), counts(0, 1, 0, 0)),
            ([B1, A2].concat(), counts(0, 0, 0, 1)),
            (
                [A1, B1, "b says: crowd 1:2 ---\n"].concat(),
                counts(0, 0, 1, 0),
            ),
            (
                [A1, B1, "a says: a says: crowd 1:2 ---\n"].concat(),
                counts(0, 0, 1, 0),
            ),
            ([B1, A1, A2].concat(), counts(0, 0, 0, 0)),
        ] {
            for piece in 1..wrong.len() {
                let (_, cursors) = receive([&[A1, B1, A2].concat(), &wrong], piece);
                assert!(cursors[0].divergence.is_none());
                let divergence = cursors[1].divergence.as_ref().unwrap();
                let missing = divergence.received.missing.len();
                assert_eq!((divergence.defects, missing), expected, "{wrong}");
            }
        }
    }
}
