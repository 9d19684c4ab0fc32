//! A scene on the terminal, drawn as it happens: a column for each client and one for the server;
//! time runs downwards.

use std::io;
use std::time::Duration;

use crate::cli::terminal::{self, Paint, print_line};
use crate::model::contract::ClientId;
use crate::runner::events::{Event, EventKind, Observer, ThreadState};
use crate::show::canvas::{Canvas, cut, shortened, width};
use crate::show::columns::Columns;
use crate::show::rows::{Kind, Row};
use crate::show::threads::{self, ThreadSummary, ThreadTracker};
use crate::text::{quoted, wrapped};

/// The width of the times at the left.
const TIME: usize = 10;
/// The maximum distance of two columns: short arrows are easier to follow.
const WIDEST_GAP: usize = 44;
/// While a client waits and nothing happens, a line is drawn at this interval.
const WAITING_LINE: Duration = Duration::from_millis(250);
/// The maximum lines in a row for a wait.
const MOST_WAITING_LINES: usize = 12;
/// Up to this many threads are drawn even if none is blocked.
const FEW: usize = 2;
/// A shorter time is not drawn as a wait.
const WAIT: Duration = Duration::from_millis(100);

/// The state of a client, as its column shows it.
#[derive(Clone, Copy, PartialEq)]
enum Presence {
    Absent,
    Here,
    /// It has sent something at this time, and waits for the answer.
    Waits(Duration),
}

impl Presence {
    fn line(self, now: Duration) -> &'static str {
        match self {
            Presence::Absent => " ",
            _ if self.waits(now) => "┊",
            Presence::Here | Presence::Waits(_) => "│",
        }
    }

    fn waits(self, now: Duration) -> bool {
        matches!(self, Presence::Waits(since) if now.saturating_sub(since) >= WAIT)
    }

    /// The client's state after an event, and the sign on its line at the event.
    fn after(self, event: &Event) -> (Presence, Option<&'static str>) {
        match event.what {
            EventKind::Connected => (Presence::Here, Some("●")),
            EventKind::Said(_) => (Presence::Waits(event.at), None),
            EventKind::Heard(_) => (Presence::Here, Some("│")),
            EventKind::HeardNothing(_) => (Presence::Waits(Duration::ZERO), Some("┊")),
            EventKind::Left | EventKind::Reset | EventKind::Disconnected => {
                (Presence::Absent, Some("●"))
            }
            _ => (self, None),
        }
    }
}

/// Draws events as they happen, and keeps them.
pub struct Timeline {
    pub events: Vec<Event>,
    cast: &'static [&'static str],
    columns: Columns,
    width: usize,
    paint: Paint,
    clients: Vec<Presence>,
    tracker: ThreadTracker,
    /// The last sample of the server's threads.
    threads: Vec<ThreadSummary>,
    drawn_until: Duration,
    waiting_lines: usize,
}

impl Timeline {
    /// Begins with the names above the columns.
    pub fn begin(cast: &'static [&'static str]) -> Timeline {
        let timeline = Timeline {
            events: Vec::new(),
            cast,
            columns: Columns::new(cast.len()),
            width: terminal::width(),
            paint: Paint::for_stream(&io::stdout()),
            clients: vec![Presence::Absent; cast.len()],
            tracker: ThreadTracker::default(),
            threads: Vec::new(),
            drawn_until: Duration::ZERO,
            waiting_lines: 0,
        };
        let mut line = Canvas::default();
        for (client, name) in cast.iter().enumerate() {
            line.write_around(timeline.client(client), name);
        }
        line.write_around(timeline.server(), "server");
        print_line(&timeline.paint.bold(line.text.trim_end()));
        timeline
    }

    fn gap(&self) -> usize {
        ((self.width - TIME - 6) / self.cast.len()).min(WIDEST_GAP)
    }

    fn client(&self, client: ClientId) -> usize {
        TIME + 2 + self.columns.client(client) * self.gap()
    }

    fn server(&self) -> usize {
        TIME + 2 + self.columns.server() * self.gap()
    }

    /// The space beside a client's line, or beside the server's up to the next one.
    fn room(&self, client: Option<ClientId>) -> usize {
        if client.is_some() {
            return self.gap().saturating_sub(5).max(8);
        }
        let is_here = |client: &ClientId| self.clients[*client] != Presence::Absent;
        let clients = (0..self.cast.len()).filter(is_here);
        let columns = clients.map(|client| self.client(client));
        let next = columns.filter(|column| *column > self.server()).min();
        next.unwrap_or(self.width) - self.server() - 3
    }

    /// The vertical lines of all columns at this time.
    fn canvas(&self, now: Duration) -> Canvas {
        let mut canvas = Canvas::default();
        for (client, presence) in self.clients.iter().enumerate() {
            canvas.write(self.client(client), presence.line(now));
        }
        canvas.write(self.server(), "│");
        canvas
    }

    fn draw(&mut self, event: &Event, row: &Row) {
        let mut canvas = self.canvas(event.at);
        let time = format!("{} ms", event.at.as_millis());
        canvas.write(0, &format!("{time:>TIME$}"));
        let before = self.clients.clone();
        if let Some(client) = event.client {
            let (after, mark) = before[client].after(event);
            self.clients[client] = after;
            let line = before[client].line(event.at);
            canvas.write(self.client(client), mark.unwrap_or(line));
        }
        self.draw_row(canvas, row);
        if matches!(event.what, EventKind::HeardNothing(_)) {
            self.clients = before; // The event may not end the wait.
        }
        self.drawn_until = event.at;
        self.waiting_lines = 0;
    }

    /// Prints a row in as many lines as needed, with what was expected in the last.
    fn draw_row(&self, canvas: Canvas, row: &Row) {
        let client = row.clients.first().copied();
        let is_text = matches!(row.kind, Kind::Sent | Kind::Received);
        let quote = if is_text { quoted } else { str::to_string };
        let expected = row.expected.iter();
        let expected = expected.map(|text| format!("✗ expected: {text}"));
        let texts = [quote(&row.text)].into_iter().chain(expected);
        let mut lines = texts.flat_map(|text| wrapped(&text, self.room(client)));
        let first = lines.next().unwrap_or_default();
        match client.filter(|_| row.kind.is_arrow()) {
            Some(client) => self.print_arrow(canvas, client, row, &first),
            None => self.print_beside(canvas, client, &first, row.is_wrong),
        }
        for line in lines {
            self.print_beside(self.canvas(row.at), client, &line, row.is_wrong);
        }
    }

    /// An arrow between a client and the server, with its label at the client's end.
    fn print_arrow(&self, mut canvas: Canvas, client: ClientId, row: &Row, label: &str) {
        let (column, server) = (self.client(client), self.server());
        let (left, right) = (column.min(server), column.max(server));
        let is_left = column < server;
        canvas.draw_arrow(left, right, row.kind.is_to_server() == is_left);
        let label = shortened(label, self.room(Some(client)));
        let start = if is_left {
            left + 3
        } else {
            right - 2 - width(&label)
        };
        canvas.write(start - 1, &format!(" {label} "));
        canvas.wrong = row.is_wrong.then_some((left + 1, right));
        self.print(&canvas);
    }

    /// Words beside a client's line, or the server's.
    fn print_beside(
        &self,
        mut canvas: Canvas,
        client: Option<ClientId>,
        text: &str,
        is_wrong: bool,
    ) {
        let text = shortened(text, self.room(client));
        let column = client.map_or(self.server(), |client| self.client(client));
        let is_right = column > self.server();
        let start = if is_right {
            column - 1 - width(&text)
        } else {
            column + 2
        };
        canvas.write(start, &text);
        canvas.wrong = is_wrong.then_some((start, start + width(&text)));
        self.print(&canvas);
    }

    /// Prints a line, with errors and waiting clients in red.
    fn print(&self, canvas: &Canvas) {
        let (time, rest) = canvas.text.split_at(canvas.text.len().min(TIME));
        let (start, end) = canvas.wrong.unwrap_or((TIME, TIME));
        let (before, rest) = cut(rest.trim_end(), start - TIME);
        let (wrong, after) = cut(rest, end - start);
        let waits = self.paint.red("┊");
        let [before, after] = [before, after].map(|text| text.replace('┊', &waits));
        let mut line = self.paint.dim(time) + &before;
        if !wrong.is_empty() {
            line += &self.paint.red(wrong);
        }
        print_line(&(line + &after));
    }

    fn draw_change(&mut self, threads: &[(u32, ThreadState)], now: Duration) {
        let threads = self.tracker.summarize(threads);
        let before = std::mem::replace(&mut self.threads, threads);
        let waiting = self.waiting_at(now);
        let matters = |threads: &[ThreadSummary]| {
            threads.len() <= FEW || threads.iter().any(|one| one.is_blocked(&waiting))
        };
        if matters(&self.threads) || matters(&before) {
            self.draw_threads(now);
        }
    }

    /// Prints the states of the server's threads beside its line, the blocked ones first and
    /// marked.
    fn draw_threads(&self, now: Duration) {
        for line in threads::lines(&self.threads, &self.waiting_at(now)) {
            let mark = if line.is_blocked { "▒" } else { "·" };
            for text in wrapped(&format!("{mark} {}", line.text), self.room(None)) {
                self.print_beside(self.canvas(now), None, &text, line.is_blocked);
            }
        }
    }

    fn waiting_at(&self, now: Duration) -> Vec<&'static str> {
        let clients = self.cast.iter().zip(&self.clients);
        let waiting = clients.filter(|(_, presence)| presence.waits(now));
        waiting.map(|(name, _)| *name).collect()
    }
}

impl Observer for Timeline {
    fn saw(&mut self, event: &Event) {
        if let EventKind::Waits(threads) = &event.what {
            self.draw_change(threads, event.at);
        } else if let Some(row) = Row::new(event) {
            self.draw(event, &row);
        }
        self.events.push(event.clone());
    }

    fn waiting(&mut self, now: Duration) {
        let waiting = self.waiting_at(now);
        let is_due = now.saturating_sub(self.drawn_until) >= WAITING_LINE;
        if waiting.is_empty() || !is_due || self.waiting_lines >= MOST_WAITING_LINES {
            return;
        }
        let mut threads = self.threads.iter();
        let is_reason = threads.any(|one| one.reads_instead_of(&waiting));
        if self.waiting_lines == 0 && is_reason {
            self.draw_threads(now);
        } else {
            self.print(&self.canvas(now));
        }
        self.drawn_until += WAITING_LINE;
        self.waiting_lines += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Timeline;
    use crate::runner::events::{Event, EventKind, Observer};

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
                is_setup: false,
            });
        }
        assert_eq!(timeline.events.len(), 6);
    }
}
