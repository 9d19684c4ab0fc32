//! A scene as an SVG, drawn from its events, and legible on a phone.

use crate::runner::events::Event;
use crate::show::columns::WIDTH;
use crate::show::layout::{Layout, Place, ThreadBox, Words};
use crate::show::measure::{self, LINE};
use crate::show::motion::Motion;
use crate::show::rows::{Kind, Row, Rows};
use crate::show::style;
use crate::show::svg;

pub use crate::show::measure::escaped; // For the load test's plot.

/// The input of a picture.
pub struct Scene<'s> {
    /// Its title, and a longer description for screen readers.
    pub title: &'s str,
    pub description: &'s str,
    pub cast: &'s [&'s str],
    pub events: &'s [Event],
    /// Whether its rows appear one after the other.
    pub is_animated: bool,
}

/// Draws the picture as valid XML. Except for the times, the same events give the same picture.
pub fn draw(scene: &Scene) -> String {
    let rows = Rows::new(scene.events, scene.cast);
    let drawing = Drawing {
        rows: &rows,
        layout: Layout::new(scene.title, &rows),
        motion: Motion::new(&rows, scene.is_animated),
    };
    let height = drawing.layout.bottom + 14;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
         <style>{}{}</style>\n{}\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n{}\n</svg>\n",
        escaped(scene.title),
        escaped(scene.description),
        style::STYLE,
        drawing.motion.style(),
        style::definitions(),
        drawing.elements().join("\n")
    )
}

struct Drawing<'d> {
    rows: &'d Rows<'d>,
    layout: Layout<'d>,
    motion: Motion,
}

impl Drawing<'_> {
    /// Later elements cover earlier ones.
    fn elements(&self) -> Vec<String> {
        let mut all = vec![
            svg::text("title", 16, 28, &self.layout.title),
            self.legend(),
        ];
        all.extend(self.names());
        all.extend(self.lifelines());
        all.extend(self.waits());
        all.extend(self.layout.boxes.iter().map(|one| self.threads(one)));
        let numbers = 0..self.rows.list.len();
        all.extend(numbers.clone().filter_map(|number| self.pause(number)));
        all.extend(numbers.map(|number| self.row(number)));
        all
    }

    /// The legend: only the signs used in this picture, in one line.
    fn legend(&self) -> String {
        let any = |is_used: &dyn Fn(&Row) -> bool| self.rows.list.iter().any(is_used);
        let arrow = |head| any(&|row| row.kind.is_arrow() && head_of(row) == head);
        let is_blocked = self.layout.boxes.iter().any(|one| one.segment.is_blocked());
        let used = [
            ("said", "says", arrow("said")),
            ("heard", "hears", arrow("heard")),
            ("wrong", "wrong", arrow("wrong")),
            ("wait", "waits", is_blocked || !self.rows.waits.is_empty()),
            ("queued", "not read yet", any(&|row| row.is_unread)),
        ];
        let (mut x, y) = (16, self.layout.legend());
        let mut content = String::new();
        for (class, word, _) in used.iter().filter(|(.., is_used)| *is_used) {
            content += &sign(class, x, y);
            x += if *class == "wait" { 20 } else { 33 };
            content += &svg::text("", x, y, &[word]);
            x += measure::width(word) + 18;
        }
        svg::group("legend", &content)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let clients = self.rows.cast.iter().enumerate();
        let columns = clients.map(|(client, name)| (self.layout.grid.client(client), *name));
        let columns = columns.chain([(self.layout.grid.server(), "server")]);
        columns.map(|(x, name)| svg::text("name", x, self.layout.names(), &[name]))
    }

    /// A line for each client while it is connected; and for the server, if its threads are
    /// unknown.
    fn lifelines(&self) -> Vec<String> {
        let y = |row: usize| self.layout.places[row].y;
        let bottom = self.layout.bottom;
        let line = |x, from, to| svg::path("life", format_args!("M{x} {from}V{to}"));
        let mut lines = Vec::new();
        for (number, client) in self.rows.clients.iter().enumerate() {
            let x = self.layout.grid.client(number);
            let to = client.leaves.map_or(bottom, y);
            lines.extend(client.connects.map(|row| line(x, y(row), to)));
        }
        if self.layout.boxes.is_empty() {
            let top = self.layout.names() + 8;
            lines.push(line(self.layout.grid.server(), top, bottom));
        }
        lines
    }

    /// A band for each unanswered wait of a client.
    fn waits(&self) -> impl Iterator<Item = String> {
        self.rows.waits.iter().map(|wait| {
            let class = format!("wait{}", self.motion.grows(wait.first_row, wait.last_row));
            let x = self.layout.grid.client(wait.client) - 7;
            let [from, to] = [wait.first_row, wait.last_row].map(|row| self.layout.places[row].y);
            svg::rect(&class, [x, from, 14, to - from])
        })
    }

    /// The calls that the server's threads are blocked in.
    fn threads(&self, one: &ThreadBox) -> String {
        let (x, y, height) = (self.layout.grid.lane, one.from, one.to - one.from);
        let mut content = svg::rect("box", [x, y, self.layout.grid.lane_width, height]);
        if one.segment.is_blocked() {
            content += &svg::rect("wait", [x, y, 12, height]);
        }
        let mut baseline = y + 19;
        for (lines, is_blocked) in &one.lines {
            let class = if *is_blocked { "bad" } else { "" };
            content += &svg::text(class, x + 18, baseline, lines);
            baseline += lines.len() * LINE;
        }
        let row = one.segment.rows.saturating_sub(1);
        svg::group(&format!("lane{}", self.motion.appears(row)), &content)
    }

    /// A long pause is drawn shortened, with a zigzag on both sides of the server.
    fn pause(&self, number: usize) -> Option<String> {
        let y = self.layout.places[number].pause?;
        let side = |from: usize, to: usize| {
            let zigzag = "l12 5l12-10l12 5".repeat((to - from) / 36);
            let at = |y| format!("M{from} {y}{zigzag}");
            svg::path("gap", at(y)) + &svg::path("break", at(y - 4) + &at(y + 4))
        };
        let (left, right) = (self.layout.grid.lane - 2, self.layout.grid.lane_end() + 2);
        let class = format!("pause{}", self.motion.appears(number));
        Some(svg::group(&class, &(side(0, left) + &side(right, WIDTH))))
    }

    fn row(&self, number: usize) -> String {
        let (row, place) = (&self.rows.list[number], &self.layout.places[number]);
        let (class, content) = match row.kind {
            Kind::Setup => ("", stage(place)),
            Kind::Printed => (" printed", self.printed(place)),
            Kind::Note => (" note", self.note(row, place)),
            _ => (head_of(row), self.arrows(row, place)),
        };
        let space = if row.kind.is_arrow() { " " } else { "" };
        let class = format!("row{space}{class}{}", self.motion.appears(number));
        svg::group(&class, &(content + &self.time(number)))
    }

    /// The time of a row, unless the one before has the same.
    fn time(&self, number: usize) -> String {
        let time = |row: usize| measure::time(self.rows.list[row].at);
        if number.checked_sub(1).map(time) == Some(time(number)) {
            return String::new();
        }
        svg::text("t", 58, self.layout.places[number].y + 6, &[time(number)])
    }

    /// The words of an arrow are above it, near the client; what was expected is below.
    fn arrows(&self, row: &Row, place: &Place) -> String {
        let clients = row.clients.iter();
        let arrows = clients.map(|client| self.arrow(row, *client, place.y));
        let is_action = matches!(row.kind, Kind::Did | Kind::Closed);
        let class = if is_action { "w does" } else { "w" };
        let labels = place.words.iter().map(|words| {
            let above = place.y.saturating_sub(7 + LINE * (words.lines.len() - 1));
            self.beside(words, class, above, &words.lines)
                + &self.beside(words, "bad", place.y + 20, &words.expected)
        });
        arrows.chain(labels).collect()
    }

    fn arrow(&self, row: &Row, client: usize, y: usize) -> String {
        let (x, edge) = self.layout.grid.ends(client);
        let line = if row.kind.is_to_server() {
            format!("M{x} {y}H{edge}")
        } else {
            format!("M{edge} {y}H{x}")
        };
        let class = if row.is_unread { "queued" } else { "" };
        svg::arrow(class, head_of(row), line)
    }

    fn note(&self, row: &Row, place: &Place) -> String {
        let class = if row.is_wrong { "bad" } else { "does" };
        let words = &place.words[0];
        let lines = [&words.lines[..], &words.expected].concat();
        self.beside(words, class, place.y + 6, &lines)
    }

    /// The server's output, or its exit status.
    fn printed(&self, place: &Place) -> String {
        let x = self.layout.grid.lane_end() + 12;
        svg::text("faint", x, place.y + 6, &place.words[0].lines)
    }

    /// Words beside a client's line.
    fn beside(&self, words: &Words, class: &str, y: usize, lines: &[String]) -> String {
        let (x, end) = self.layout.grid.beside(words.client);
        svg::text(&format!("{class}{end}"), x, y, lines)
    }
}

/// An entry of the legend.
fn sign(class: &str, x: usize, y: usize) -> String {
    let line = format!("M{x} {}h26", y - 5);
    match class {
        "wait" => svg::rect("wait", [x, y - 12, 14, 14]),
        "queued" => svg::path("said queued", line),
        class => svg::arrow(class, class, line),
    }
}

/// One grey row for the setup.
fn stage(place: &Place) -> String {
    let lines = &place.words[0].lines;
    let (top, width, height) = (place.y - 17, WIDTH - 70, lines.len() * LINE + 8);
    svg::rect("stage", [62, top, width, height]) + &svg::text("faint", 70, place.y + 5, lines)
}

/// The class of an arrow, which determines its colour and head.
fn head_of(row: &Row) -> &'static str {
    match row.kind {
        _ if row.is_wrong => "wrong",
        Kind::Sent | Kind::Did => "said",
        _ => "heard",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Scene, draw};
    use crate::runner::events::{Event, EventKind};

    #[test]
    fn the_legend_names_only_what_is_drawn() {
        let event = |seconds, what| Event {
            at: Duration::from_secs(seconds),
            client: Some(0),
            what,
            expected: None,
            is_setup: seconds == 0,
        };
        let silence = EventKind::HeardNothing(Duration::from_secs(2));
        let svg = draw(&Scene {
            title: "",
            description: "",
            cast: &["alice"],
            events: &[
                event(0, EventKind::Connected),
                event(1, EventKind::Said("hi\\n".to_string())),
                event(3, silence),
            ],
            is_animated: false,
        });
        let legend = svg.lines().find(|line| line.contains("legend")).unwrap();
        let is_named = |word: &&str| legend.contains(&format!(">{word}<"));
        let words = ["says", "hears", "wrong", "waits", "not read yet"];
        let named: Vec<&str> = words.into_iter().filter(is_named).collect();
        assert_eq!(named, ["says", "waits"]);
    }
}
