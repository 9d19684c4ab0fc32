//! A scene on the terminal, drawn while it happens: a column for each client and one for the server,
//! time goes downwards.

use std::io;
use std::time::Duration;

use crate::cli::terminal::{self, Paint, char_width as columns, print_line as say};
use crate::model::session::in_words;
use crate::runner::events::{Event, EventKind, Observer};
use crate::show::lane::{self, Lane, ThreadSummary};
use crate::text::{quoted, wrapped};

/// The width of the times at the left.
const TIME: usize = 10;
/// No two columns are further apart: short arrows are easier to follow.
const WIDEST_GAP: usize = 44;
/// While somebody waits and nothing happens, a row is drawn each time this has passed.
const WAITING_ROW: Duration = Duration::from_millis(250);
/// A wait is drawn with at most this many rows in a run.
const MOST_WAITING_ROWS: usize = 12;
/// What so many threads wait in is told also where none is blocked.
const FEW: usize = 2;
/// What takes less than this is no wait, for the eye.
const WAIT: Duration = Duration::from_millis(100);

/// What a client is doing, as its column shows it.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Absent,
    Here,
    /// It has said something at this time, and waits for the answer.
    Waits(Duration),
}

/// The order of the columns: the server stands among its clients, so that few arrows cross.
pub struct Columns {
    clients: usize,
}

impl Columns {
    pub fn new(clients: usize) -> Columns {
        Columns { clients }
    }

    /// The number of a client's column, from the left.
    pub fn client(&self, client: usize) -> usize {
        if client < self.server() {
            client
        } else {
            client + 1
        }
    }

    /// The number of the server's column.
    pub fn server(&self) -> usize {
        self.clients.div_ceil(2)
    }
}

/// Draws events as they come, and keeps them.
pub struct Timeline {
    pub events: Vec<Event>,
    cast: &'static [&'static str],
    columns: Columns,
    width: usize,
    paint: Paint,
    states: Vec<State>,
    lane: Lane,
    /// What the server's threads were seen in last.
    words: Vec<ThreadSummary>,
    drawn_until: Duration,
    waiting_rows: usize,
}

impl Timeline {
    /// Begins with the names on top of the columns.
    pub fn begin(cast: &'static [&'static str]) -> Timeline {
        let timeline = Timeline {
            events: Vec::new(),
            cast,
            columns: Columns::new(cast.len()),
            width: terminal::width(),
            paint: Paint::for_stream(&io::stdout()),
            states: vec![State::Absent; cast.len()],
            lane: Lane::default(),
            words: Vec::new(),
            drawn_until: Duration::ZERO,
            waiting_rows: 0,
        };
        let mut row = Row::default();
        for (client, name) in cast.iter().enumerate() {
            row.write_around(timeline.client(client), name);
        }
        row.write_around(timeline.server(), "server");
        say(&timeline.paint.bold(row.text.trim_end()));
        timeline
    }

    fn gap(&self) -> usize {
        ((self.width - TIME - 6) / self.cast.len()).min(WIDEST_GAP)
    }

    /// How much fits between two columns.
    fn room(&self) -> usize {
        self.gap().saturating_sub(5).max(8)
    }

    fn client(&self, client: usize) -> usize {
        TIME + 2 + self.columns.client(client) * self.gap()
    }

    fn server(&self) -> usize {
        TIME + 2 + self.columns.server() * self.gap()
    }

    /// A row with everybody's line at this time.
    fn row(&self, now: Duration) -> Row {
        let mut row = Row::default();
        for (client, state) in self.states.iter().enumerate() {
            row.write(self.client(client), state.line(now));
        }
        row.write(self.server(), "│");
        row
    }

    fn timed_row(&self, at: Duration) -> Row {
        let mut row = self.row(at);
        row.write(0, &format!("{:>TIME$}", format!("{} ms", at.as_millis())));
        row
    }

    fn draw(&mut self, row: &Row, at: Duration) {
        self.drawn_until = at;
        self.waiting_rows = 0;
        self.print(row);
    }

    /// Prints a row; what is wrong in it, and who waits, in red.
    fn print(&self, row: &Row) {
        let (time, rest) = row.text.split_at(row.text.len().min(TIME));
        let (start, end) = row.wrong.unwrap_or((0, 0));
        let (before, rest) = cut(rest.trim_end(), start.saturating_sub(TIME));
        let (wrong, after) = cut(rest, end - start);
        let waits = self.paint.red("┊");
        say(&format!(
            "{}{}{}{}",
            self.paint.dim(time),
            before.replace('┊', &waits),
            if wrong.is_empty() {
                String::new()
            } else {
                self.paint.red(wrong)
            },
            after.replace('┊', &waits)
        ));
    }

    /// An arrow between a client and the server, with its label at the client's end. What does not fit stands below.
    fn arrow(&mut self, mut row: Row, event: &Event, client: usize, towards: Towards, label: &str) {
        let (column, server) = (self.client(client), self.server());
        let (left, right) = (column.min(server), column.max(server));
        let points_right = (towards == Towards::Server) == (column < server);
        for column in left + 1..right {
            let crossed = row.at(column) != ' ';
            row.write(column, if crossed { "┼" } else { "─" });
        }
        row.write(
            if points_right { right - 1 } else { left + 1 },
            if points_right { "▶" } else { "◀" },
        );
        let lines = wrapped(label, self.room());
        let first = shortened(&lines[0], self.room());
        let start = if column < server {
            left + 3
        } else {
            right - 2 - width(&first)
        };
        row.write(start - 1, &format!(" {first} "));
        if event.expected.is_some() {
            row.wrong = Some((left + 1, right));
        }
        self.draw(&row, event.at);
        self.notes(client, &lines[1..], event);
    }

    /// What an event says beside a client's line, in as many rows as it takes.
    fn beside(&mut self, mut row: Row, event: &Event, client: usize, text: &str, is_wrong: bool) {
        let lines = wrapped(text, self.room());
        self.note(&mut row, client, &lines[0], is_wrong);
        self.draw(&row, event.at);
        self.notes(client, &lines[1..], event);
    }

    /// The rest of what an event says, and what was expected.
    fn notes(&mut self, client: usize, lines: &[String], event: &Event) {
        let expected = event.expected.iter().map(|text| expected_line(text));
        let expected = expected.flat_map(|text| wrapped(&text, self.room()));
        let expected: Vec<String> = expected.collect();
        for line in lines.iter().chain(&expected) {
            let mut row = self.row(event.at);
            self.note(&mut row, client, line, event.expected.is_some());
            self.print(&row);
        }
    }

    fn note(&self, row: &mut Row, client: usize, text: &str, is_wrong: bool) {
        let column = self.client(client);
        let text = &shortened(text, self.room());
        let start = if column < self.server() {
            column + 2
        } else {
            column - 1 - width(text)
        };
        row.write(start, text);
        row.wrong = is_wrong.then_some((start, start + width(text)));
    }

    fn happened(&mut self, event: &Event, client: usize) {
        let mut row = self.timed_row(event.at);
        let column = self.client(client);
        let state = self.states[client];
        match &event.what {
            EventKind::Connected => {
                row.write(column, "●");
                self.states[client] = State::Here;
                self.arrow(row, event, client, Towards::Server, "connects");
            }
            EventKind::Said(text) => {
                self.states[client] = State::Waits(event.at);
                self.arrow(
                    row,
                    event,
                    client,
                    Towards::Server,
                    &quoted(&in_words(text)),
                );
            }
            EventKind::Heard(text) => {
                self.states[client] = State::Here;
                row.write(column, "│");
                self.arrow(
                    row,
                    event,
                    client,
                    Towards::Client,
                    &quoted(&in_words(text)),
                );
            }
            EventKind::HeardNothing(limit) => {
                row.write(column, "┊");
                let text = format!("✗ nothing for {}\u{a0}s", limit.as_secs_f32());
                self.states[client] = State::Waits(Duration::ZERO);
                self.beside(row, event, client, &text, true);
                self.states[client] = state;
            }
            EventKind::Action(what) => self.beside(row, event, client, what, false),
            EventKind::HalfClosed => self.arrow(row, event, client, Towards::Server, "half-closes"),
            EventKind::Left | EventKind::Reset => {
                let is_left = event.what == EventKind::Left;
                let label = if is_left { "leaves" } else { "resets" };
                row.write(column, "●");
                self.states[client] = State::Absent;
                self.arrow(row, event, client, Towards::Server, label);
            }
            EventKind::Disconnected => {
                row.write(column, "●");
                self.states[client] = State::Absent;
                self.arrow(row, event, client, Towards::Client, "closes");
            }
            EventKind::Printed(_) | EventKind::Exited(_) | EventKind::Waits(_) => {}
        }
    }

    fn server_did(&mut self, event: &Event) {
        let text = match &event.what {
            EventKind::Printed(text) => format!("» {}", in_words(text.trim_end_matches("\\n"))),
            EventKind::Exited(status) => format!("✗ ends ({status})"),
            EventKind::Waits(threads) => {
                let before = std::mem::replace(&mut self.words, self.lane.words(threads));
                let matters = |words: &[ThreadSummary]| {
                    let mut all = words.iter();
                    words.len() <= FEW || all.any(|words| self.is_blocked(words, event.at))
                };
                if matters(&self.words) || matters(&before) {
                    self.draw_words(event.at);
                }
                return;
            }
            _ => return,
        };
        let mut row = self.timed_row(event.at);
        for line in wrapped(&text, self.room_beside_server()) {
            self.beside_server(&mut row, &line, false);
            self.draw(&row, event.at);
            row = self.row(event.at);
        }
    }

    /// What the server's threads wait in, beside its line: the blocked ones first, marked.
    fn draw_words(&mut self, now: Duration) {
        let (blocked, free): (Vec<&ThreadSummary>, Vec<&ThreadSummary>) = self
            .words
            .iter()
            .partition(|words| self.is_blocked(words, now));
        let blocked = blocked
            .iter()
            .map(|words| (format!("▒ {}", words.in_all()), true));
        let free = lane::in_one(&free).map(|text| (format!("· {text}"), false));
        let lines: Vec<(String, bool)> = blocked.chain(free).collect();
        for (text, is_blocked) in lines {
            for line in wrapped(&text, self.room_beside_server()) {
                let mut row = self.row(now);
                self.beside_server(&mut row, &line, is_blocked);
                self.print(&row);
            }
        }
    }

    /// A thread that reads from one client is blocked while another one waits.
    fn is_blocked(&self, words: &ThreadSummary, now: Duration) -> bool {
        match &words.state {
            lane::State::Free => false,
            lane::State::Blocked => true,
            lane::State::Reads(client) => {
                let mut all = self.cast.iter().zip(&self.states);
                all.any(|(name, state)| name != client && state.waits(now))
            }
        }
    }

    /// How much fits between the server's line and the next one to the right.
    fn room_beside_server(&self) -> usize {
        let clients = 0..self.cast.len();
        let there = clients.filter(|client| self.states[*client] != State::Absent);
        let right = there.map(|client| self.client(client));
        let next = right.filter(|column| *column > self.server()).min();
        next.unwrap_or(self.width) - self.server() - 3
    }

    fn beside_server(&self, row: &mut Row, text: &str, is_wrong: bool) {
        let start = self.server() + 2;
        let text = shortened(text, self.room_beside_server());
        row.write(start, &text);
        row.wrong = is_wrong.then_some((start, start + width(&text)));
    }
}

/// Where an arrow leads.
#[derive(Clone, Copy, PartialEq)]
enum Towards {
    Server,
    Client,
}

fn expected_line(expected: &str) -> String {
    let expected = in_words(expected);
    format!("✗ expected: {}", expected.trim_end_matches("\\n"))
}

impl State {
    fn line(self, now: Duration) -> &'static str {
        match self {
            State::Absent => " ",
            _ if self.waits(now) => "┊",
            State::Here | State::Waits(_) => "│",
        }
    }

    fn waits(self, now: Duration) -> bool {
        matches!(self, State::Waits(since) if now.saturating_sub(since) >= WAIT)
    }
}

impl Observer for Timeline {
    fn saw(&mut self, event: &Event) {
        match event.client {
            Some(client) => self.happened(event, client),
            None => self.server_did(event),
        }
        self.events.push(event.clone());
    }

    fn waiting(&mut self, now: Duration) {
        let somebody = self.states.iter().any(|state| state.waits(now));
        let due = now.saturating_sub(self.drawn_until) >= WAITING_ROW;
        if !somebody || !due || self.waiting_rows >= MOST_WAITING_ROWS {
            return;
        }
        let is_blocked = self.words.iter().any(|words| {
            matches!(words.state, lane::State::Reads(_)) && self.is_blocked(words, now)
        });
        if self.waiting_rows == 0 && is_blocked {
            self.draw_words(now); // It has become a reason to wait.
        } else {
            self.print(&self.row(now));
        }
        self.drawn_until += WAITING_ROW;
        self.waiting_rows += 1;
    }
}

/// One row of the drawing, which can be written to at any column.
#[derive(Default)]
struct Row {
    text: String,
    /// From which column to which it is wrong.
    wrong: Option<(usize, usize)>,
}

impl Row {
    /// Writes text over what is there, from a column on.
    fn write(&mut self, start: usize, text: &str) {
        let end = start + width(text);
        let (before, rest) = cut(&self.text, start);
        let (_, after) = cut(rest, end - start);
        let padding = " ".repeat(start - width(before));
        self.text = format!("{before}{padding}{text}{after}");
    }

    /// Writes a name so that its middle is at the column.
    fn write_around(&mut self, column: usize, text: &str) {
        self.write(column - (width(text) / 2).min(column), text);
    }

    fn at(&self, column: usize) -> char {
        let (_, rest) = cut(&self.text, column);
        rest.chars().next().unwrap_or(' ')
    }
}

/// How many columns a text takes.
fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Cuts a text after so many columns, or where it ends.
fn cut(text: &str, at: usize) -> (&str, &str) {
    let mut width = 0;
    for (position, c) in text.char_indices() {
        if width >= at {
            return text.split_at(position);
        }
        width += columns(c);
    }
    (text, "")
}

/// A text that takes at most so many columns.
pub fn shortened(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_string();
    }
    format!("{}…", cut(text, limit.saturating_sub(2)).0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Row, Timeline, shortened, width};
    use crate::runner::events::{Event, EventKind, Observer};

    #[test]
    fn a_row_is_written_by_columns_whatever_the_text() {
        let mut row = Row::default();
        row.write(0, "日本");
        row.write(6, "│");
        row.write(4, "é");
        assert_eq!(row.text, "日本é │");
        row.write(0, "ab");
        assert_eq!(row.text, "ab本é │");
        assert_eq!((row.at(2), row.at(6), row.at(60)), ('本', '│', ' '));
    }

    #[test]
    fn what_is_too_long_is_shortened_to_fit() {
        assert_eq!(shortened("hello", 5), "hello");
        assert_eq!(shortened("hello!", 5), "hel…");
        assert!(width(&shortened("日本日本日本", 7)) <= 7);
    }

    #[test]
    fn a_word_that_is_wider_than_its_place_is_cut() {
        let mut timeline = Timeline::begin(&["alice", "bob"]);
        let word = "x".repeat(500);
        for (client, what) in [
            (0, EventKind::Connected),
            (1, EventKind::Connected),
            (1, EventKind::Said(word.clone())),
            (0, EventKind::Heard(word.clone())),
            (1, EventKind::Heard(word.clone())),
            (1, EventKind::HeardNothing(Duration::from_secs(2))),
        ] {
            timeline.saw(&Event {
                at: Duration::ZERO,
                client: Some(client),
                what,
                expected: Some(word.clone()),
                sets_stage: false,
            });
        }
        assert_eq!(timeline.events.len(), 6);
    }
}
