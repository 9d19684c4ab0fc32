//! A scene on the terminal, drawn while it happens: a column for each client and one for the server,
//! time goes downwards.

use std::io;
use std::time::Duration;

use crate::stage::{Audience, Event, What};
use crate::terminal::{Paint, columns, quoted, say};

/// The width of the drawing: that of a narrow terminal, which a wide one shows as well.
const WIDTH: usize = 80;
/// The width of the times at the left.
const TIME: usize = 10;
/// No two columns are further apart: short arrows are easier to follow.
const WIDEST_GAP: usize = 30;
/// While somebody waits and nothing happens, a row is drawn each time this has passed.
const WAITING_ROW: Duration = Duration::from_millis(250);
/// A wait is drawn with at most this many rows in a run.
const MOST_WAITING_ROWS: usize = 12;

/// What a client is doing, as its column shows it.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Absent,
    Here,
    /// It has said something, and waits for the answer.
    Waits,
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
    paint: Paint,
    states: Vec<State>,
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
            paint: Paint::for_stream(&io::stdout()),
            states: vec![State::Absent; cast.len()],
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
        ((WIDTH - TIME - 6) / self.cast.len()).min(WIDEST_GAP)
    }

    fn client(&self, client: usize) -> usize {
        TIME + 2 + self.columns.client(client) * self.gap()
    }

    fn server(&self) -> usize {
        TIME + 2 + self.columns.server() * self.gap()
    }

    /// A row with everybody's line, and the time if there is one to tell.
    fn row(&self, at: Option<Duration>) -> Row {
        let mut row = Row::default();
        if let Some(at) = at {
            row.write(0, &format!("{:>TIME$}", format!("{} ms", at.as_millis())));
        }
        for (client, state) in self.states.iter().enumerate() {
            row.write(self.client(client), state.line());
        }
        row.write(self.server(), "│");
        row
    }

    fn draw(&mut self, row: &Row, at: Duration) {
        self.drawn_until = at;
        self.waiting_rows = 0;
        self.print(row);
    }

    fn print(&self, row: &Row) {
        let (time, rest) = row.text.split_at(row.text.len().min(TIME));
        let waits = self.paint.red("┊");
        say(&format!(
            "{}{}",
            self.paint.dim(time),
            rest.trim_end().replace('┊', &waits)
        ));
    }

    /// An arrow between a client and the server, with its label at the client's end.
    fn arrow(&self, row: &mut Row, client: usize, towards_server: bool, label: &str) {
        let (client, server) = (self.client(client), self.server());
        let (left, right) = (client.min(server), client.max(server));
        let points_right = towards_server == (client < server);
        for column in left + 1..right {
            let crossed = row.at(column) != ' ';
            row.write(column, if crossed { "┼" } else { "─" });
        }
        row.write(
            if points_right { right - 1 } else { left + 1 },
            if points_right { "▶" } else { "◀" },
        );
        let label = shortened(label, right - left - 5);
        let start = if client < server {
            left + 3
        } else {
            right - 2 - width(&label)
        };
        row.write(start - 1, &format!(" {label} "));
    }

    /// Words beside a client's line.
    fn note(&self, row: &mut Row, client: usize, text: &str) {
        let column = self.client(client);
        let left = column < self.server();
        row.write(
            if left {
                column + 2
            } else {
                column - 1 - width(text)
            },
            text,
        );
    }

    fn happened(&mut self, event: &Event, client: usize) {
        let mut row = self.row(Some(event.at));
        let column = self.client(client);
        match &event.what {
            What::Connected => {
                row.write(column, "●");
                self.arrow(&mut row, client, true, "connects");
                self.states[client] = State::Here;
            }
            What::Said(text) => {
                self.arrow(&mut row, client, true, &quoted(text));
                self.states[client] = State::Waits;
            }
            What::Heard(text) => {
                self.states[client] = State::Here;
                row.write(column, "│");
                self.arrow(&mut row, client, false, &quoted(text));
            }
            What::HeardNothing(limit) => {
                row.write(column, "┊");
                self.note(
                    &mut row,
                    client,
                    &format!("✗ nothing for {} s", limit.as_secs_f32()),
                );
            }
            What::Does(what) => self.note(&mut row, client, what),
            What::HalfClosed => self.arrow(&mut row, client, true, "half-closes"),
            What::Left | What::Reset => {
                let label = if event.what == What::Left {
                    "leaves"
                } else {
                    "resets"
                };
                row.write(column, "●");
                self.arrow(&mut row, client, true, label);
                self.states[client] = State::Absent;
            }
            What::Disconnected => {
                self.arrow(&mut row, client, false, "closes");
                row.write(column, "●");
                self.states[client] = State::Absent;
            }
            What::Printed(_) | What::Exited(_) => {}
        }
        self.draw(&row, event.at);
    }

    fn server_did(&mut self, event: &Event) {
        let text = match &event.what {
            What::Printed(text) => format!("» {}", text.trim_end_matches("\\n")),
            What::Exited(status) => format!("✗ ends ({status})"),
            _ => return,
        };
        let mut row = self.row(Some(event.at));
        let right = self.server() + 2;
        // Where there is no room beside the server's line, there is on its other side.
        if right + width(&text) <= WIDTH {
            row.write(right, &text);
        } else {
            let text = shortened(&text, self.server() - TIME - 4);
            row.write(self.server() - 1 - width(&text), &text);
        }
        self.draw(&row, event.at);
    }
}

impl State {
    fn line(self) -> &'static str {
        match self {
            State::Absent => " ",
            State::Here => "│",
            State::Waits => "┊",
        }
    }
}

impl Audience for Timeline {
    fn saw(&mut self, event: &Event) {
        match event.client {
            Some(client) => self.happened(event, client),
            None => self.server_did(event),
        }
        self.events.push(event.clone());
    }

    fn waits(&mut self, now: Duration) {
        let somebody = self.states.contains(&State::Waits);
        let due = now.saturating_sub(self.drawn_until) >= WAITING_ROW;
        if somebody && due && self.waiting_rows < MOST_WAITING_ROWS {
            self.print(&self.row(None));
            self.drawn_until += WAITING_ROW;
            self.waiting_rows += 1;
        }
    }
}

/// One row of the drawing, which can be written to at any column.
#[derive(Default)]
struct Row {
    text: String,
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
    use super::{Row, shortened, width};

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
}
