//! What was said in the room, in the order in which everybody must hear it.
//!
//! All clients share one transcript. The first client that hears a line adds it; all others must receive the same
//! bytes, which is cheap to compare. Only after a difference are a client's lines looked at one by one.

use std::collections::BTreeSet;
use std::mem;

/// A line is cut here if it has no end.
const LONGEST_LINE: usize = 64 * 1024;
/// The largest number in a message: beyond it, digits of two lines have run together.
const LARGEST_NUMBER: usize = 10_000_000;
/// What a message begins with.
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

/// What a line that a client hears is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line<'a> {
    /// A whole message of one of our clients; `who` is the server's name for it.
    Message {
        who: &'a [u8],
        client: usize,
        number: usize,
    },
    /// Somebody joined or left, or is no client of ours.
    Notice,
    /// A part of a message, or more than one.
    Torn,
}

/// Tells what a line is, with or without its newline.
pub fn parse(line: &[u8]) -> Line<'_> {
    let line = line.trim_ascii_end();
    let Some(place) = find(line, MARK) else {
        let is_tail = line.ends_with(&[PADDING; 3]);
        return if is_tail { Line::Torn } else { Line::Notice };
    };
    whole(line, place).unwrap_or(Line::Torn)
}

fn whole(line: &[u8], place: usize) -> Option<Line<'_>> {
    let who = line[..place].strip_suffix(SAYS)?;
    let text = std::str::from_utf8(&line[place + MARK.len()..]).ok()?;
    let (numbers, padding) = text.split_once(' ')?;
    let (client, number) = numbers.split_once(':')?;
    let count = |number: &str| {
        number
            .parse()
            .ok()
            .filter(|n| (1..=LARGEST_NUMBER).contains(n))
    };
    let is_whole = !padding.is_empty() && padding.bytes().all(|byte| byte == PADDING);
    let message = Line::Message {
        who,
        client: count(client)? - 1,
        number: count(number)? - 1,
    };
    (is_whole && find(who, SAYS).is_none()).then_some(message)
}

pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// What was said so far: whole messages, those of each client in order and complete.
pub struct Transcript {
    bytes: Vec<u8>,
    talkers: Vec<Talker>,
    /// How many messages it holds.
    pub messages: usize,
}

/// What the transcript knows of a client that talks.
#[derive(Clone, Default)]
struct Talker {
    /// The server's name for it.
    name: Vec<u8>,
    /// How many of its messages are in the transcript.
    messages: usize,
    /// Where the last of them ends.
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

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.bytes.len()
    }

    /// The same as `parse`, but a message under another client's name is torn.
    fn judge<'a>(&self, line: &'a [u8]) -> Line<'a> {
        let judged = parse(line);
        if let Line::Message { who, client, .. } = judged {
            let talker = self.talkers.get(client);
            let is_its = |t: &Talker| t.messages == 0 || t.name == who;
            if !talker.is_some_and(is_its) {
                return Line::Torn;
            }
        }
        judged
    }

    /// Adds a message, if it is the next one of its client.
    fn add(&mut self, line: &[u8], who: &[u8], client: usize, number: usize) -> bool {
        let talker = &mut self.talkers[client];
        if number != talker.messages {
            return false;
        }
        if number == 0 {
            talker.name = who.to_vec();
        }
        self.bytes.extend_from_slice(line);
        self.messages += 1;
        talker.messages += 1;
        talker.end = self.bytes.len();
        true
    }

    /// What follows a position.
    fn after(&self, position: usize) -> &[u8] {
        &self.bytes[position..]
    }

    /// The line that follows a position.
    fn line_after(&self, position: usize) -> Option<&[u8]> {
        self.after(position)
            .split_inclusive(|byte| *byte == b'\n')
            .next()
    }

    /// The part before a position of the line that it is in.
    fn begun(&self, position: usize) -> &[u8] {
        let newline = self.bytes[..position]
            .iter()
            .rposition(|byte| *byte == b'\n');
        &self.bytes[newline.map_or(0, |newline| newline + 1)..position]
    }

    /// Of each client, how many of its messages come before a position.
    pub fn heard_at(&self, position: usize) -> Vec<usize> {
        let mut heard: Vec<usize> = self.talkers.iter().map(|t| t.messages).collect();
        // Messages in flight are few, so there are few of them from there to the end.
        for line in self.after(position).split_inclusive(|byte| *byte == b'\n') {
            if let Line::Message { client, .. } = parse(line) {
                heard[client] -= 1;
            }
        }
        heard
    }
}

/// How far a client has heard the transcript.
#[derive(Default)]
pub struct Cursor {
    position: usize,
    /// The beginning of a line that came after that.
    rest: Vec<u8>,
    /// Set at the first line that differs from the transcript.
    pub divergence: Option<Box<Divergence>>,
}

impl Cursor {
    /// A cursor with the beginning of a line from before there was a transcript.
    pub fn with(rest: Vec<u8>) -> Cursor {
        Cursor {
            rest,
            ..Cursor::default()
        }
    }

    /// Takes in what the client has received.
    pub fn take(&mut self, bytes: &[u8], transcript: &mut Transcript) {
        if self.divergence.is_none() && self.rest.is_empty() {
            let same = common_prefix(bytes, transcript.after(self.position));
            if same == bytes.len() {
                self.position += same;
                return;
            }
        }
        self.rest.extend_from_slice(bytes);
        let mut heard = mem::take(&mut self.rest);
        let done = self.take_lines(&mut heard, transcript);
        heard.drain(..done);
        self.rest = heard;
    }

    /// Compares with the transcript as far as that goes, and takes the rest line by line. Returns how many bytes it
    /// has taken; what is left is the beginning of a line.
    fn take_lines(&mut self, heard: &mut Vec<u8>, transcript: &mut Transcript) -> usize {
        let mut done = 0;
        loop {
            if self.divergence.is_none() {
                done += self.follow(&heard[done..], transcript);
                if done == heard.len() {
                    return done;
                }
                done = self.step_back(heard, done, transcript);
            }
            let line = heard[done..].split_inclusive(|byte| *byte == b'\n').next();
            let Some(line) = line.filter(|line| line.ends_with(b"\n") || line.len() > LONGEST_LINE)
            else {
                return done;
            };
            self.take_line(line, transcript);
            done += line.len();
        }
    }

    fn follow(&mut self, heard: &[u8], transcript: &Transcript) -> usize {
        let same = common_prefix(heard, transcript.after(self.position));
        self.position += same;
        same
    }

    /// Goes back to the beginning of the line in which the transcript and the bytes differ.
    fn step_back(&mut self, heard: &mut Vec<u8>, done: usize, transcript: &Transcript) -> usize {
        let begun = transcript.begun(self.position);
        self.position -= begun.len();
        if done < begun.len() {
            // It began in an earlier read.
            heard.splice(..done, begun.iter().copied());
            return 0;
        }
        done - begun.len()
    }

    fn take_line(&mut self, line: &[u8], transcript: &mut Transcript) {
        let judged = transcript.judge(line);
        if let Some(divergence) = &mut self.divergence {
            return divergence.count(judged);
        }
        match judged {
            // Arrivals and departures may be told in another order.
            Line::Notice => {}
            Line::Message {
                who,
                client,
                number,
            } if self.position == transcript.end() && transcript.add(line, who, client, number) => {
                self.position = transcript.end();
            }
            judged => {
                let mut divergence = Divergence::new(line, self.position, transcript);
                divergence.count(judged);
                self.divergence = Some(Box::new(divergence));
            }
        }
    }

    /// Whether it has heard the last of a client's messages.
    pub fn has_heard(&self, client: usize, messages: usize, transcript: &Transcript) -> bool {
        if let Some(divergence) = &self.divergence {
            return divergence.next[client] >= messages;
        }
        let talker = &transcript.talkers[client];
        talker.messages >= messages && talker.end <= self.position
    }

    /// Whether it has heard all of so many messages.
    pub fn has_heard_all(&self, messages: usize, transcript: &Transcript) -> bool {
        match &self.divergence {
            Some(divergence) => divergence.passed >= messages,
            None => transcript.messages >= messages && transcript.end() == self.position,
        }
    }

    /// For each client, how many of its messages are behind the cursor; and which of these it has missed.
    pub fn account(&self, transcript: &Transcript) -> (Vec<usize>, BTreeSet<(usize, usize)>) {
        match &self.divergence {
            Some(divergence) => (divergence.next.clone(), divergence.missing.clone()),
            None => (transcript.heard_at(self.position), BTreeSet::new()),
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

/// A client's lines from the first that differs from the transcript: they are counted one by one.
pub struct Divergence {
    /// The first line that differs.
    pub heard: Vec<u8>,
    /// What others heard in its place, if they had heard more.
    pub expected: Option<Vec<u8>>,
    pub twice: usize,
    pub late: usize,
    pub torn: usize,
    /// For each client, the number of its next message; and the sum of these.
    next: Vec<usize>,
    passed: usize,
    /// The messages that a later one of the same client has overtaken.
    missing: BTreeSet<(usize, usize)>,
}

impl Divergence {
    fn new(line: &[u8], position: usize, transcript: &Transcript) -> Divergence {
        let next = transcript.heard_at(position);
        Divergence {
            heard: line.to_vec(),
            expected: transcript.line_after(position).map(<[u8]>::to_vec),
            twice: 0,
            late: 0,
            torn: 0,
            passed: next.iter().sum(),
            next,
            missing: BTreeSet::new(),
        }
    }

    /// Whether everything was heard, in each client's order, but not in the order that others heard.
    pub fn is_order_alone(&self) -> bool {
        self.twice + self.late + self.torn + self.missing.len() == 0
    }

    fn count(&mut self, line: Line) {
        match line {
            Line::Notice => {}
            Line::Torn => self.torn += 1,
            Line::Message { client, number, .. } => {
                let next = self.next[client];
                if number >= next {
                    self.missing.extend((next..number).map(|n| (client, n)));
                    self.next[client] = number + 1;
                    self.passed += number + 1 - next;
                } else if self.missing.remove(&(client, number)) {
                    self.late += 1;
                } else {
                    self.twice += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two clients hear something, in pieces of so many bytes.
    fn hear(one: &str, other: &str, piece: usize) -> (Transcript, [Cursor; 2]) {
        let mut transcript = Transcript::new(2);
        let mut cursors = [Cursor::default(), Cursor::default()];
        for (cursor, text) in cursors.iter_mut().zip([one, other]) {
            for bytes in text.as_bytes().chunks(piece) {
                cursor.take(bytes, &mut transcript);
            }
        }
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
            let (transcript, cursors) = hear(&one, &other, piece);
            assert!(
                cursors
                    .iter()
                    .all(|cursor| cursor.has_heard_all(3, &transcript))
            );
            assert!(cursors.iter().all(|cursor| cursor.divergence.is_none()));
        }
    }

    #[test]
    fn what_differs_is_told_however_it_was_cut() {
        let right = [A1, B1, A2].concat();
        for (wrong, twice, late, torn, missing) in [
            ([A1, A1, B1, A2].concat(), 1, 0, 0, 0),
            ([A2, B1, A1].concat(), 0, 1, 0, 0),
            ([B1, A2].concat(), 0, 0, 0, 1),
            ([A1, B1, "b says: crowd 1:2 ---\n"].concat(), 0, 0, 1, 0),
            (
                [A1, B1, "a says: a says: crowd 1:2 ---\n"].concat(),
                0,
                0,
                1,
                0,
            ),
            ([B1, A1, A2].concat(), 0, 0, 0, 0),
        ] {
            for piece in 1..wrong.len() {
                let (_, cursors) = hear(&right, &wrong, piece);
                assert!(cursors[0].divergence.is_none());
                let divergence = cursors[1].divergence.as_ref().unwrap();
                let counts = (
                    divergence.twice,
                    divergence.late,
                    divergence.torn,
                    divergence.missing.len(),
                );
                assert_eq!(counts, (twice, late, torn, missing), "{wrong}");
            }
        }
    }
}
