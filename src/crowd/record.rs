//! What was said in the room, in the order in which everybody must hear it.
//!
//! There is one record for all. Whoever hears a line first adds it; everybody else's bytes must
//! then be the record's bytes, and to compare them costs next to nothing. Only where they differ
//! are lines looked at one by one.

use std::collections::BTreeSet;
use std::mem;

/// A longer line is no line: it is taken as it is.
const LONGEST: usize = 64 * 1024;
/// Nobody counts further: a larger number is not whole.
const MOST: usize = 10_000_000;
/// What a message begins with.
const MARK: &[u8] = b"crowd ";
const SAYS: &[u8] = b" says: ";
const PADDING: u8 = b'-';

/// The line for a client's message, `size` bytes with its newline. People count from 1.
pub fn message(client: usize, number: usize, size: usize) -> Vec<u8> {
    let mut line = format!("crowd {}:{} ", client + 1, number + 1).into_bytes();
    line.resize((size - 1).max(line.len() + 1), PADDING);
    line.push(b'\n');
    line
}

/// What one line is that a client hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line<'a> {
    /// What one of the crowd said, whole; `who` is what the server calls it.
    Message {
        who: &'a [u8],
        client: usize,
        number: usize,
    },
    /// Somebody came or left, or is not one of the crowd.
    Notice,
    /// There is a piece of a message in it, or more than one.
    Torn,
}

/// Looks at one line; its end may be there or not.
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
    let count = |number: &str| number.parse().ok().filter(|n| (1..=MOST).contains(n));
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

/// What was said so far: whole messages, of each client all in order, with none left out.
pub struct Record {
    bytes: Vec<u8>,
    talkers: Vec<Talker>,
    /// How many messages there are in it.
    pub messages: usize,
}

/// What the record knows of a client that talks.
#[derive(Clone, Default)]
struct Talker {
    /// What the server calls it.
    name: Vec<u8>,
    /// How many of its messages are in the record.
    messages: usize,
    /// Where the last of them ends.
    end: usize,
}

impl Record {
    pub fn new(clients: usize) -> Record {
        Record {
            bytes: Vec::new(),
            talkers: vec![Talker::default(); clients],
            messages: 0,
        }
    }

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.bytes.len()
    }

    /// Looks at a line with the knowledge of who is called what.
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

    /// How much of the line that a position is in comes before it.
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

/// How far a client has followed the record.
#[derive(Default)]
pub struct Ear {
    position: usize,
    /// What came after that: the beginning of a line.
    rest: Vec<u8>,
    /// Set once it heard what it should not have heard there.
    pub astray: Option<Box<Astray>>,
}

impl Ear {
    /// An ear that has in it the beginning of a line from before there was a record.
    pub fn with(rest: Vec<u8>) -> Ear {
        Ear {
            rest,
            ..Ear::default()
        }
    }

    /// Takes in what the client has received.
    pub fn hear(&mut self, bytes: &[u8], record: &mut Record) {
        if self.astray.is_none() && self.rest.is_empty() {
            let same = common_prefix(bytes, record.after(self.position));
            if same == bytes.len() {
                self.position += same;
                return;
            }
        }
        self.rest.extend_from_slice(bytes);
        let mut heard = mem::take(&mut self.rest);
        let done = self.hear_lines(&mut heard, record);
        heard.drain(..done);
        self.rest = heard;
    }

    /// Follows the record as far as it goes, and takes line by line where it does not. Returns how
    /// much it has taken in; what is left is the beginning of a line.
    fn hear_lines(&mut self, heard: &mut Vec<u8>, record: &mut Record) -> usize {
        let mut done = 0;
        loop {
            if self.astray.is_none() {
                done += self.follow(&heard[done..], record);
                if done == heard.len() {
                    return done;
                }
                done = self.step_back(heard, done, record);
            }
            let line = heard[done..].split_inclusive(|byte| *byte == b'\n').next();
            let Some(line) = line.filter(|line| line.ends_with(b"\n") || line.len() > LONGEST)
            else {
                return done;
            };
            self.hear_line(line, record);
            done += line.len();
        }
    }

    fn follow(&mut self, heard: &[u8], record: &Record) -> usize {
        let same = common_prefix(heard, record.after(self.position));
        self.position += same;
        same
    }

    /// Goes back to where the line begins in which the record and what was heard differ.
    fn step_back(&mut self, heard: &mut Vec<u8>, done: usize, record: &Record) -> usize {
        let begun = record.begun(self.position);
        self.position -= begun.len();
        if done < begun.len() {
            // It began in an earlier read.
            heard.splice(..done, begun.iter().copied());
            return 0;
        }
        done - begun.len()
    }

    fn hear_line(&mut self, line: &[u8], record: &mut Record) {
        let judged = record.judge(line);
        if let Some(astray) = &mut self.astray {
            return astray.hear(judged);
        }
        match judged {
            // Who comes and goes may be told in another order.
            Line::Notice => {}
            Line::Message {
                who,
                client,
                number,
            } if self.position == record.end() && record.add(line, who, client, number) => {
                self.position = record.end();
            }
            judged => {
                let mut astray = Astray::new(line, self.position, record);
                astray.hear(judged);
                self.astray = Some(Box::new(astray));
            }
        }
    }

    /// Whether it has heard a client's last message, of so many.
    pub fn has_heard(&self, client: usize, messages: usize, record: &Record) -> bool {
        if let Some(astray) = &self.astray {
            return astray.next[client] >= messages;
        }
        let talker = &record.talkers[client];
        talker.messages >= messages && talker.end <= self.position
    }

    /// Whether it has heard the last of so many messages: nothing more is due.
    pub fn has_heard_all(&self, messages: usize, record: &Record) -> bool {
        match &self.astray {
            Some(astray) => astray.passed >= messages,
            None => record.messages >= messages && record.end() == self.position,
        }
    }

    /// Of each client, how many of its messages it has passed, and which of these it has missed.
    pub fn account(&self, record: &Record) -> (Vec<usize>, BTreeSet<(usize, usize)>) {
        match &self.astray {
            Some(astray) => (astray.next.clone(), astray.missing.clone()),
            None => (record.heard_at(self.position), BTreeSet::new()),
        }
    }
}

/// How long the beginning of two texts is that they have in common.
fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let length = one.len().min(other.len());
    if one[..length] == other[..length] {
        return length;
    }
    let mut pairs = one.iter().zip(other);
    pairs.position(|(a, b)| a != b).unwrap_or(length)
}

/// A client that has heard something else than was due. From then on it is listened to alone.
pub struct Astray {
    /// What it heard first that was not due.
    pub heard: Vec<u8>,
    /// What others heard there, if they had heard on.
    pub due: Option<Vec<u8>>,
    pub twice: usize,
    pub late: usize,
    pub torn: usize,
    /// Of each client, the number of the message to come, and the sum of these.
    next: Vec<usize>,
    passed: usize,
    /// The messages that others of the same client have overtaken.
    missing: BTreeSet<(usize, usize)>,
}

impl Astray {
    fn new(line: &[u8], position: usize, record: &Record) -> Astray {
        let next = record.heard_at(position);
        Astray {
            heard: line.to_vec(),
            due: record.line_after(position).map(<[u8]>::to_vec),
            twice: 0,
            late: 0,
            torn: 0,
            passed: next.iter().sum(),
            next,
            missing: BTreeSet::new(),
        }
    }

    /// Whether it has heard all, as it was said, but not when the others did.
    pub fn only_disagrees(&self) -> bool {
        self.twice + self.late + self.torn + self.missing.len() == 0
    }

    fn hear(&mut self, line: Line) {
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
    fn hear(one: &str, other: &str, piece: usize) -> (Record, [Ear; 2]) {
        let mut record = Record::new(2);
        let mut ears = [Ear::default(), Ear::default()];
        for (ear, text) in ears.iter_mut().zip([one, other]) {
            for bytes in text.as_bytes().chunks(piece) {
                ear.hear(bytes, &mut record);
            }
        }
        (record, ears)
    }

    const A1: &str = "a says: crowd 1:1 ---\n";
    const A2: &str = "a says: crowd 1:2 ---\n";
    const B1: &str = "b says: crowd 2:1 ---\n";
    const LEFT: &str = "c left the chat.\n";

    #[test]
    fn the_same_is_the_same_however_it_was_cut() {
        let (one, other) = ([A1, LEFT, B1, A2].concat(), [A1, B1, A2, LEFT].concat());
        for piece in 1..one.len() {
            let (record, ears) = hear(&one, &other, piece);
            assert!(ears.iter().all(|ear| ear.has_heard_all(3, &record)));
            assert!(ears.iter().all(|ear| ear.astray.is_none()));
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
                let (_, ears) = hear(&right, &wrong, piece);
                assert!(ears[0].astray.is_none());
                let astray = ears[1].astray.as_ref().unwrap();
                let counts = (astray.twice, astray.late, astray.torn, astray.missing.len());
                assert_eq!(counts, (twice, late, torn, missing), "{wrong}");
            }
        }
    }
}
