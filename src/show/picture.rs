//! A scene as a picture: an SVG drawn from what was recorded, to be read on a phone, too.

use std::fmt::Write as _;

use crate::runner::events::{Event, EventKind};
use crate::show::layout::{self, Layout, Segment};
use crate::show::measure;
use crate::show::rows::{self, Item, Row};
use crate::show::style::{self, Motion};

pub use crate::show::measure::escaped;

/// What a picture is drawn of.
pub struct Scene<'s> {
    /// What is to be seen in it, and the same at length for those who cannot see it.
    pub title: &'s str,
    pub description: &'s str,
    pub cast: &'s [&'s str],
    pub events: &'s [Event],
    /// Whether its rows appear one after the other.
    pub is_animated: bool,
}

/// Draws the picture. It is valid XML, and the same for the same events but for the times.
pub fn draw(scene: &Scene) -> String {
    let rows = rows::of(scene.events, scene.cast);
    let layout = Layout::new(scene, &rows);
    let motion = Motion::new(&rows, scene.is_animated);
    let (width, height) = (layout::WIDTH, layout.bottom + 14);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{}{}</style>\n{}\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\n",
        escaped(scene.title),
        escaped(scene.description),
        style::STYLE,
        motion.style(),
        style::DEFINITIONS,
    );
    let mut drawing = Drawing {
        scene,
        rows: &rows,
        layout: &layout,
        motion: &motion,
        svg: String::new(),
    };
    drawing.head();
    drawing.lifelines();
    drawing.waits();
    drawing.lane();
    drawing.breaks();
    for number in 0..rows.len() {
        drawing.row(number);
    }
    svg += &drawing.svg;
    svg + "</svg>\n"
}

struct Drawing<'d> {
    scene: &'d Scene<'d>,
    rows: &'d [Row],
    layout: &'d Layout,
    motion: &'d Motion,
    svg: String,
}

impl Drawing<'_> {
    fn add(&mut self, line: &str) {
        self.svg += line;
        self.svg.push('\n');
    }

    /// Title, legend, and a name over each column.
    fn head(&mut self) {
        for (number, line) in self.layout.title.iter().enumerate() {
            let y = 28 + number * measure::LINE;
            let line = escaped(line);
            self.add(&format!(
                "<text class=\"title\" x=\"16\" y=\"{y}\">{line}</text>"
            ));
        }
        self.legend();
        let y = self.layout.names;
        for (client, name) in self.scene.cast.iter().enumerate() {
            let x = self.layout.client(client);
            self.add(&format!(
                "<text class=\"name\" x=\"{x}\" y=\"{y}\">{name}</text>"
            ));
        }
        let x = self.layout.server();
        self.add(&format!(
            "<text class=\"name\" x=\"{x}\" y=\"{y}\">server</text>"
        ));
    }

    /// What is used in this picture, in one line.
    fn legend(&mut self) {
        let (mut x, y) = (16, self.layout.legend);
        let is_wrong = self.rows.iter().any(Row::is_wrong);
        let is_queued = self.rows.iter().any(|row| row.is_queued);
        let waits = !self.layout.waits.is_empty() || self.layout.is_blocked();
        let used = [
            ("said", "says", true),
            ("heard", "hears", true),
            ("wrong", "wrong", is_wrong),
            ("wait", "waits", waits),
            ("queued", "not read yet", is_queued),
        ];
        let mut line = String::from("<g class=\"legend\">");
        for (class, word, _) in used.iter().filter(|(.., is_used)| *is_used) {
            let middle = y - 5;
            line += &match *class {
                "wait" => format!(
                    "<rect class=\"wait\" x=\"{x}\" y=\"{}\" width=\"14\" height=\"14\"/>",
                    y - 12
                ),
                "queued" => format!("<path class=\"said queued\" d=\"M{x} {middle}h26\"/>"),
                class => format!(
                    "<path class=\"{class}\" d=\"M{x} {middle}h26\" marker-end=\"url(#{class})\"/>"
                ),
            };
            x += if *class == "wait" { 20 } else { 33 };
            let _ = write!(line, "<text x=\"{x}\" y=\"{y}\">{word}</text>");
            x += measure::width(word) + 18;
        }
        self.add(&(line + "</g>"));
    }

    /// A line for each client, as long as it was there.
    fn lifelines(&mut self) {
        for client in 0..self.scene.cast.len() {
            let own = |what: fn(&EventKind) -> bool| {
                let mut all = self.scene.events.iter();
                let place = all.position(|event| event.client == Some(client) && what(&event.what));
                place.and_then(|place| self.layout.row_of(place))
            };
            let Some(start) = own(|what| matches!(what, EventKind::Connected)) else {
                continue;
            };
            let end = own(|what| {
                matches!(
                    what,
                    EventKind::Left | EventKind::Reset | EventKind::Disconnected
                )
            });
            let end = end.map_or(self.layout.bottom, |row| self.layout.rows[row]);
            let (x, start) = (self.layout.client(client), self.layout.rows[start]);
            self.add(&format!("<path class=\"life\" d=\"M{x} {start}V{end}\"/>"));
        }
        if self.layout.segments.is_empty() {
            let (x, start, end) = (
                self.layout.server(),
                self.layout.names + 8,
                self.layout.bottom,
            );
            self.add(&format!("<path class=\"life\" d=\"M{x} {start}V{end}\"/>"));
        }
    }

    /// A band for each time that a client waited in vain.
    fn waits(&mut self) {
        for wait in &self.layout.waits {
            let (x, y, height) = (
                self.layout.client(wait.client) - 7,
                wait.from,
                wait.to - wait.from,
            );
            let moves = self.motion.grows(wait.first_row, wait.last_row);
            let band = format!(
                "<rect class=\"wait{moves}\" x=\"{x}\" y=\"{y}\" width=\"14\" height=\"{height}\"/>"
            );
            self.svg += &band;
            self.svg.push('\n');
        }
    }

    /// What the server's threads wait in.
    fn lane(&mut self) {
        for segment in &self.layout.segments {
            let line = self.segment(segment);
            self.svg += &line;
            self.svg.push('\n');
        }
    }

    fn segment(&self, segment: &Segment) -> String {
        let (x, width) = (self.layout.lane(), self.layout.lane_width);
        let (y, height) = (segment.from, segment.to - segment.from);
        let moves = self.motion.appears(segment.row.saturating_sub(1));
        let mut line = format!(
            "<g class=\"lane{moves}\"><rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        );
        if segment.is_blocked() {
            let _ = write!(
                line,
                "<rect class=\"wait\" x=\"{x}\" y=\"{y}\" width=\"12\" height=\"{height}\"/>"
            );
        }
        let mut baseline = y + 19;
        for words in &segment.words {
            for part in &words.lines {
                let class = if words.is_blocked {
                    " class=\"bad\""
                } else {
                    ""
                };
                let (x, part) = (x + 18, escaped(part));
                let _ = write!(
                    line,
                    "<text{class} x=\"{x}\" y=\"{baseline}\">{part}</text>"
                );
                baseline += measure::LINE;
            }
        }
        line + "</g>"
    }

    /// A long wait is drawn shorter than it was.
    fn breaks(&mut self) {
        for y in self.layout.breaks.clone() {
            let (left, right) = (
                self.layout.lane() - 2,
                self.layout.lane() + self.layout.lane_width + 2,
            );
            for (from, to) in [(0, left), (right, layout::WIDTH)] {
                let steps = "l12 5l12-10l12 5".repeat((to - from) / 36);
                self.add(&format!("<path class=\"gap\" d=\"M{from} {y}{steps}\"/><path class=\"break\" d=\"M{from} {}{steps}M{from} {}{steps}\"/>", y - 4, y + 4));
            }
        }
    }

    fn row(&mut self, number: usize) {
        let row = &self.rows[number];
        let y = self.layout.rows[number];
        let drawn = match &row.item {
            Item::Harness(text) => Self::stage(text, y),
            Item::Arrow { .. } => self.arrow(row, y),
            Item::Note { client, text } => self.note(row, *client, text, y),
            Item::Server(text) => self.beside_server(text, y),
        };
        let class = row.class();
        let moves = self.motion.appears(number);
        let time = measure::time(row.at);
        let before = number
            .checked_sub(1)
            .map(|before| measure::time(self.rows[before].at));
        let time = if before.as_ref() == Some(&time) {
            String::new()
        } else {
            format!("<text class=\"t\" x=\"58\" y=\"{}\">{time}</text>", y + 6)
        };
        self.add(&format!("<g class=\"{class}{moves}\">{drawn}{time}</g>"));
    }

    /// One grey row for all that only sets the stage.
    fn stage(words: &str, y: usize) -> String {
        let width = layout::WIDTH - 70;
        let lines = measure::wrapped(words, width - 16);
        let height = lines.len() * measure::LINE + 8;
        let top = y - 17;
        let mut drawn = format!(
            "<rect class=\"stage\" x=\"62\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
        );
        for (number, line) in lines.iter().enumerate() {
            let (y, line) = (y + 5 + number * measure::LINE, escaped(line));
            let _ = write!(
                drawn,
                "<text class=\"faint\" x=\"70\" y=\"{y}\">{line}</text>"
            );
        }
        drawn
    }

    /// Arrows between clients and the server in one row, with their words near the clients.
    fn arrow(&self, row: &Row, y: usize) -> String {
        let Item::Arrow {
            clients,
            to_server,
            text,
        } = &row.item
        else {
            return String::new();
        };
        let mut drawn = String::new();
        for client in clients {
            let (x, edge) = self.layout.ends(*client);
            let (from, to) = if *to_server { (x, edge) } else { (edge, x) };
            let queued = if row.is_queued {
                " class=\"queued\""
            } else {
                ""
            };
            let head = row.head();
            let _ = write!(
                drawn,
                "<path{queued} d=\"M{from} {y}H{to}\" marker-end=\"url(#{head})\"/>"
            );
        }
        for client in self.layout.labelled(clients) {
            let above = self.layout.lines(client, text);
            let start = y.saturating_sub(7 + measure::LINE * (above.len() - 1));
            drawn += &self.label("w", client, &above, start);
            let below = row.expected_lines(|text| self.layout.lines(client, text));
            drawn += &self.label("bad", client, &below, y + 20);
        }
        drawn
    }

    /// Words beside a client's line.
    fn note(&self, row: &Row, client: usize, text: &str, y: usize) -> String {
        let class = if row.is_wrong() { "bad" } else { "does" };
        let mut lines = self.layout.lines(client, text);
        lines.extend(row.expected_lines(|text| self.layout.lines(client, text)));
        self.label(class, client, &lines, y + 6)
    }

    fn label(&self, class: &str, client: usize, lines: &[String], y: usize) -> String {
        let x = self.layout.client(client);
        let is_right = x > self.layout.server();
        let x = if is_right { x - 14 } else { x + 14 };
        let mut drawn = String::new();
        for (number, line) in lines.iter().enumerate() {
            let y = y + number * measure::LINE;
            let end = if is_right { " end" } else { "" };
            let line = escaped(line);
            let _ = write!(
                drawn,
                "<text class=\"{class}{end}\" x=\"{x}\" y=\"{y}\">{line}</text>"
            );
        }
        drawn
    }

    /// What the server prints, or how it ends.
    fn beside_server(&self, words: &str, y: usize) -> String {
        let x = self.layout.server() + self.layout.lane_width / 2 + 12;
        let room = layout::WIDTH - x - 8;
        let mut drawn = String::new();
        for (number, line) in measure::wrapped(words, room).iter().enumerate() {
            let (y, line) = (y + 6 + number * measure::LINE, escaped(line));
            let _ = write!(
                drawn,
                "<text class=\"faint\" x=\"{x}\" y=\"{y}\">{line}</text>"
            );
        }
        drawn
    }
}
