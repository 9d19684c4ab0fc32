//! The rows of a drawing, one event below the other. The terminal prints each row at once; a
//! picture is drawn from all rows at the end, with related ones merged.

use std::time::Duration;

use crate::model::contract::ClientId;
use crate::model::session::in_words;
use crate::runner::events::{Event, EventKind};
use crate::show::threads::{self, State, ThreadLine, ThreadSummary, ThreadTracker};

/// A picture shows the server's output only where it adds something to what clients receive.
const USUAL: [&str; 4] = [
    "» Listening on",
    "» Accepted",
    "» Client disconnected",
    "» Accounts are",
];
/// An event this soon after another belongs to it.
const SOON: Duration = Duration::from_millis(150);
/// A pause at least this long is drawn shortened.
const PAUSE: Duration = Duration::from_millis(500);

pub struct Row {
    pub at: Duration,
    /// The time of its last event.
    pub until: Duration,
    pub kind: Kind,
    pub clients: Vec<ClientId>,
    pub text: String,
    pub is_wrong: bool,
    /// What should have happened instead.
    pub expected: Option<String>,
    /// The server's threads show that it has not been read.
    pub is_unread: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// Clients connect, and the first one says hi.
    Setup,
    /// An arrow to the server: a text, or another action of a client.
    Sent,
    Did,
    /// An arrow to a client: a text, or the end of the connection.
    Received,
    Closed,
    /// Words beside a client's line, or the server's.
    Note,
    Printed,
}

impl Kind {
    pub fn is_arrow(self) -> bool {
        self.is_to_server() || self.is_to_client()
    }

    pub fn is_to_server(self) -> bool {
        matches!(self, Kind::Sent | Kind::Did)
    }

    fn is_to_client(self) -> bool {
        matches!(self, Kind::Received | Kind::Closed)
    }
}

impl Row {
    /// The row of an event; none for thread states.
    pub fn new(event: &Event) -> Option<Row> {
        let (kind, text) = kind_and_text(&event.what)?;
        let expected = event.expected.as_deref().map(line);
        Some(Row {
            at: event.at,
            until: event.at,
            kind,
            clients: event.client.into_iter().collect(),
            text,
            is_wrong: expected.is_some() || matches!(event.what, EventKind::HeardNothing(_)),
            expected,
            is_unread: false,
        })
    }

    /// Whether another row shows one more client receiving the same.
    fn is_joined_by(&self, other: &Row) -> bool {
        let what = |row: &Row| (row.kind, row.text.clone(), row.expected.clone());
        let is_same = other.kind.is_to_client() && what(self) == what(other);
        is_same && !self.clients.contains(&other.clients[0])
    }

    fn is_usual(&self) -> bool {
        self.kind == Kind::Printed && USUAL.iter().any(|usual| self.text.starts_with(usual))
    }
}

fn kind_and_text(what: &EventKind) -> Option<(Kind, String)> {
    let (kind, text) = match what {
        EventKind::Connected => (Kind::Did, "connects"),
        EventKind::HalfClosed => (Kind::Did, "half-closes"),
        EventKind::Left => (Kind::Did, "leaves"),
        EventKind::Reset => (Kind::Did, "resets"),
        EventKind::Disconnected => (Kind::Closed, "closes"),
        EventKind::Action(text) => (Kind::Note, *text),
        EventKind::Said(text) => return Some((Kind::Sent, in_words(text))),
        EventKind::Heard(text) => return Some((Kind::Received, in_words(text))),
        EventKind::HeardNothing(limit) => {
            let seconds = limit.as_secs_f32();
            return Some((Kind::Note, format!("✗ nothing for\u{a0}{seconds}\u{a0}s")));
        }
        EventKind::Printed(text) => return Some((Kind::Printed, format!("» {}", line(text)))),
        EventKind::Exited(status) => return Some((Kind::Printed, format!("✗ ends ({status})"))),
        EventKind::Waits(_) => return None,
    };
    Some((kind, text.to_string()))
}

/// A text in words, without its final newline.
fn line(text: &str) -> String {
    in_words(text).trim_end_matches("\\n").to_string()
}

/// All rows of a picture, and elements that span several rows.
pub struct Rows<'s> {
    pub cast: &'s [&'s str],
    pub list: Vec<Row>,
    pub clients: Vec<Client>,
    pub waits: Vec<Wait>,
    sights: Vec<Sight>,
    tracker: ThreadTracker,
}

/// The state of a client, by rows.
#[derive(Clone, Default)]
pub struct Client {
    pub connects: Option<usize>,
    pub leaves: Option<usize>,
    /// The row in which it last sent or received something.
    talks: Option<usize>,
    /// The rows it has sent since it last received something.
    unanswered: Vec<usize>,
}

/// An unanswered wait of a client.
pub struct Wait {
    pub client: ClientId,
    pub first_row: usize,
    pub last_row: usize,
    is_over: bool,
}

/// A sample of the server's threads, after this many rows.
struct Sight {
    rows: usize,
    at: Duration,
    threads: Vec<ThreadSummary>,
}

/// What the server's column shows, from this many rows on.
pub struct Segment {
    pub rows: usize,
    pub at: Duration,
    pub lines: Vec<ThreadLine>,
}

impl Segment {
    pub fn is_blocked(&self) -> bool {
        self.lines.iter().any(|line| line.is_blocked)
    }
}

impl<'s> Rows<'s> {
    pub fn new(events: &[Event], cast: &'s [&'s str]) -> Rows<'s> {
        let mut rows = Rows {
            cast,
            list: Vec::new(),
            clients: vec![Client::default(); cast.len()],
            waits: Vec::new(),
            sights: Vec::new(),
            tracker: ThreadTracker::default(),
        };
        for event in events {
            rows.add(event);
        }
        rows
    }

    fn add(&mut self, event: &Event) {
        if let EventKind::Waits(threads) = &event.what {
            let (rows, at) = (self.list.len(), event.at);
            let threads = self.tracker.summarize(threads);
            return self.sights.push(Sight { rows, at, threads });
        }
        let Some(row) = Row::new(event).filter(|row| !row.is_usual()) else {
            return;
        };
        let number = match event.client {
            Some(client) if event.is_setup => self.add_to_setup(client, row),
            _ => self.add_row(row),
        };
        if let Some(client) = event.client {
            self.follow(client, event, number);
        }
    }

    fn add_row(&mut self, row: Row) -> usize {
        match self.list.last_mut().filter(|last| last.is_joined_by(&row)) {
            Some(last) => {
                last.until = row.at;
                last.clients.extend(row.clients);
            }
            None => self.list.push(row),
        }
        self.list.len() - 1
    }

    /// Notices that others receive when a client connects belong to that row, even late ones.
    fn add_to_setup(&mut self, client: ClientId, mut row: Row) -> usize {
        let last = self.list.iter().rposition(|row| row.kind == Kind::Setup);
        let last = last.filter(|last| row.kind == Kind::Received || last + 1 == self.list.len());
        let number = last.unwrap_or(self.list.len());
        let is_answer = self.clients[client].unanswered.contains(&number);
        row.text = match row.kind {
            Kind::Sent => format!("; {} says hi", self.cast[client]),
            Kind::Received if is_answer => " and is answered".to_string(),
            _ => String::new(),
        };
        if row.kind != Kind::Did {
            row.clients.clear();
        }
        row.kind = Kind::Setup;
        match self.list.get_mut(number) {
            Some(stage) => {
                stage.until = row.at;
                stage.text += &row.text;
                stage.clients.extend(row.clients);
            }
            None => self.list.push(row),
        }
        number
    }

    /// `alice and bob connect; alice says hi and is answered`
    pub fn stage(&self, row: &Row) -> String {
        let names = row.clients.iter().map(|client| self.cast[*client]);
        let names: Vec<&str> = names.collect();
        let connect = match names.as_slice() {
            [one] => format!("{one} connects"),
            [all @ .., last] => format!("{} and {last} connect", all.join(", ")),
            [] => String::new(),
        };
        connect + &row.text
    }

    fn follow(&mut self, client: ClientId, event: &Event, row: usize) {
        if let EventKind::HeardNothing(limit) = event.what {
            self.mark_unread(client);
            self.add_wait(client, event.at.saturating_sub(limit), row);
        }
        let state = &mut self.clients[client];
        match event.what {
            EventKind::Connected => state.connects = state.connects.or(Some(row)),
            EventKind::Said(_) => {
                state.talks = Some(row);
                state.unanswered.push(row);
            }
            EventKind::Heard(_) => {
                state.talks = Some(row);
                state.unanswered.clear();
                self.end_waits(client, row);
            }
            EventKind::HeardNothing(_) => state.unanswered.clear(),
            EventKind::Left | EventKind::Reset | EventKind::Disconnected => {
                state.leaves = state.leaves.or(Some(row));
            }
            _ => {}
        }
    }

    /// Marks as unread what a client has sent to a server whose threads only read from another
    /// client.
    fn mark_unread(&mut self, client: ClientId) {
        let threads = self.sights.last().map(|sight| &sight.threads[..]);
        let name = self.cast[client];
        if matches!(threads, Some([one]) if one.reads_instead_of(&[name])) {
            for row in &self.clients[client].unanswered {
                self.list[*row].is_unread = self.list[*row].kind == Kind::Sent;
            }
        }
    }

    /// A wait begins with the last message sent, or with anything received after it.
    fn add_wait(&mut self, client: ClientId, silent: Duration, row: usize) {
        let is_act = |row: &Row| row.kind != Kind::Setup;
        let is_talk = |row: &Row| is_act(row) && row.until + SOON >= silent;
        let talks = self.clients[client]
            .talks
            .filter(|row| is_talk(&self.list[*row]));
        let is_after = |row: &Row| is_act(row) && row.at + SOON / 3 >= silent;
        let first = talks.or_else(|| self.list.iter().position(is_after));
        let first_row = first.unwrap_or(row).min(row.saturating_sub(1));
        self.waits.push(Wait {
            client,
            first_row,
            last_row: row,
            is_over: false,
        });
    }

    fn end_waits(&mut self, client: ClientId, row: usize) {
        for wait in &mut self.waits {
            if wait.client == client && !wait.is_over {
                (wait.last_row, wait.is_over) = (row, true);
            }
        }
    }

    /// Whether there is a long pause before a row.
    pub fn follows_pause(&self, row: usize) -> bool {
        let before = row.checked_sub(1).map(|row| self.list[row].until);
        self.list[row].at.saturating_sub(before.unwrap_or_default()) >= PAUSE
    }

    /// The segments of the server's column. There are none if no thread keeps a client waiting.
    pub fn segments(&self) -> Vec<Segment> {
        let matters = |sight: &Sight| {
            sight.threads.len() == 1 || sight.threads.iter().any(ThreadSummary::can_block)
        };
        if self.waits.is_empty() && !self.sights.iter().any(matters) {
            return Vec::new();
        }
        let segments = self.sights.iter().flat_map(|sight| self.segments_of(sight));
        let mut segments: Vec<Segment> = segments.collect();
        segments.sort_by_key(|segment| (segment.rows, segment.at));
        visible(segments)
    }

    /// The samples, and again from where one becomes a reason to wait: reading from one client is
    /// harmless until another one waits. In a picture without waits, all are harmless.
    fn segments_of(&self, sight: &Sight) -> Vec<Segment> {
        let threads = || sight.threads.iter().filter(|one| one.state != State::Idle);
        let segment = |rows, at, waiting: &[&str]| {
            let mut lines = threads::lines(threads(), waiting);
            for line in &mut lines {
                line.is_blocked &= !self.waits.is_empty();
            }
            Segment { rows, at, lines }
        };
        let mut segments = vec![segment(sight.rows, sight.at, &[])];
        for wait in &self.waits {
            let (at, waiting) = (self.list[wait.first_row].at, [self.cast[wait.client]]);
            if at > sight.at && threads().any(|one| one.reads_instead_of(&waiting)) {
                segments.push(segment(wait.first_row + 1, at, &waiting));
            }
        }
        segments
    }
}

/// Keeps the last sample within a row, and merges equal neighbours into one segment.
fn visible(segments: Vec<Segment>) -> Vec<Segment> {
    let mut kept: Vec<Segment> = Vec::new();
    for segment in segments {
        let last = kept.last();
        if last.is_some_and(|last| last.lines == segment.lines) {
            continue;
        }
        let is_short = |last: &Segment| {
            let matters = last.is_blocked() || segment.is_blocked();
            !matters || segment.at.saturating_sub(last.at) <= PAUSE
        };
        if last.is_some_and(|last| last.rows == segment.rows && is_short(last)) {
            kept.pop();
        }
        kept.push(segment);
    }
    kept
}
