//! The vertical layout of a picture: its rows, and the parts of the server's column, in pixels.

use crate::model::contract::ClientId;
use crate::show::columns::{Grid, WIDTH};
use crate::show::measure::{LINE, wrapped};
use crate::show::rows::{Kind, Row, Rows, Segment};

/// The height of a pause.
const PAUSE_HEIGHT: usize = 72;
/// Longer texts are cut.
const LONGEST_TEXT: usize = 60;

pub struct Layout<'r> {
    rows: &'r Rows<'r>,
    pub grid: Grid,
    pub title: Vec<String>,
    pub places: Vec<Place>,
    pub boxes: Vec<ThreadBox>,
    pub bottom: usize,
}

/// The position of a row, and its words.
pub struct Place {
    pub y: usize,
    pub words: Vec<Words>,
    /// The middle of the pause before it.
    pub pause: Option<usize>,
    /// The next row may begin here.
    foot: usize,
}

/// The words of a row, beside a client if there is one.
#[derive(Default)]
pub struct Words {
    pub client: ClientId,
    pub lines: Vec<String>,
    pub expected: Vec<String>,
}

/// A part of the server's column.
pub struct ThreadBox {
    pub segment: Segment,
    pub lines: Vec<(Vec<String>, bool)>,
    pub from: usize,
    pub to: usize,
}

impl ThreadBox {
    fn new(segment: Segment, width: usize) -> ThreadBox {
        let lines = segment.lines.iter();
        let lines = lines.map(|line| (wrapped(&line.text, width), line.is_blocked));
        ThreadBox {
            lines: lines.collect(),
            segment,
            from: 0,
            to: 0,
        }
    }

    fn height(&self) -> usize {
        let lines = self.lines.iter().map(|(lines, _)| lines.len());
        lines.sum::<usize>() * LINE + 10
    }
}

impl<'r> Layout<'r> {
    pub fn new(title: &str, rows: &'r Rows) -> Layout<'r> {
        let segments = rows.segments();
        let grid = Grid::new(rows.cast.len(), !segments.is_empty());
        let boxes = segments.into_iter();
        let boxes = boxes.map(|segment| ThreadBox::new(segment, grid.lane_width - 22));
        let mut layout = Layout {
            rows,
            title: wrapped(title, WIDTH - 48),
            places: Vec::new(),
            boxes: boxes.collect(),
            bottom: 0,
            grid,
        };
        layout.place_rows();
        let ends = layout.boxes.iter().skip(1).map(|next| next.from);
        let ends: Vec<usize> = ends.chain([layout.bottom]).collect();
        for (one, end) in layout.boxes.iter_mut().zip(ends) {
            one.to = end;
        }
        layout
    }

    /// The baseline of the legend.
    pub fn legend(&self) -> usize {
        34 + self.title.len() * LINE
    }

    /// The baseline of the names.
    pub fn names(&self) -> usize {
        self.legend() + 34
    }

    fn top(&self) -> usize {
        self.names() + 12
    }

    fn words(&self, row: &Row) -> Vec<Words> {
        let lines = match row.kind {
            Kind::Setup => wrapped(&self.rows.stage(row), WIDTH - 86),
            Kind::Printed => wrapped(&cut(&row.text), WIDTH - self.grid.lane_end() - 20),
            _ => {
                let clients = self.grid.labelled(&row.clients).into_iter();
                let beside = |client| self.words_beside(client, row);
                return clients.map(beside).collect();
            }
        };
        vec![Words {
            lines,
            ..Words::default()
        }]
    }

    fn words_beside(&self, client: ClientId, row: &Row) -> Words {
        let expected = row.expected.iter();
        let expected = expected.map(|text| format!("expected: {}", cut(text)));
        let expected = expected.flat_map(|text| self.grid.wrapped(client, &text));
        Words {
            client,
            lines: self.grid.wrapped(client, &label(row)),
            expected: expected.collect(),
        }
    }

    fn place_rows(&mut self) {
        let mut y = self.top();
        let mut threads = y; // Down to here, the words of the boxes need space.
        for (number, row) in self.rows.list.iter().enumerate() {
            let words = self.words(row);
            let (above, below) = extent(row.kind, &words);
            let is_paused = self.rows.follows_pause(number);
            threads = self.reserve(number, threads);
            let top = y;
            y += above + if is_paused { PAUSE_HEIGHT } else { 0 };
            // Neither the next box nor a grey row may cover the words of a box.
            let is_setup = row.kind == Kind::Setup;
            if self.has_box(number + 1) || is_setup && self.has_box(number) {
                y = y.max(threads + if is_setup { LINE } else { 0 });
            }
            self.places.push(Place {
                y,
                words,
                pause: is_paused.then(|| top.midpoint(y - above)),
                foot: if is_setup { y + below } else { y },
            });
            y += below;
        }
        self.bottom = (y + 8).max(self.reserve(self.places.len(), threads));
    }

    /// Whether a box begins after this many rows.
    fn has_box(&self, rows: usize) -> bool {
        self.boxes.iter().any(|one| one.segment.rows == rows)
    }

    /// Makes space for the boxes that begin after this many rows. Returns its end.
    fn reserve(&mut self, rows: usize, from: usize) -> usize {
        let foot = rows.checked_sub(1).map(|row| self.places[row].foot);
        let mut y = from.max(foot.unwrap_or(self.top()));
        for one in self.boxes.iter_mut().filter(|one| one.segment.rows == rows) {
            one.from = y;
            y += one.height();
        }
        y
    }
}

/// The extent of a row above its line and below.
fn extent(kind: Kind, words: &[Words]) -> (usize, usize) {
    let most = |count: fn(&Words) -> usize| words.iter().map(count).max().unwrap_or(0) * LINE;
    let lines = most(|words| words.lines.len());
    let expected = most(|words| words.expected.len());
    match kind {
        Kind::Setup => (24, lines - 4),
        Kind::Note | Kind::Printed => (LINE, lines + expected),
        _ => (lines + 8, expected + 8),
    }
}

/// A row's text in a picture.
fn label(row: &Row) -> String {
    if !matches!(row.kind, Kind::Sent | Kind::Received) {
        return row.text.clone();
    }
    let mark = if row.is_wrong { "✗ " } else { "" };
    let text = row.text.strip_suffix("\\n").unwrap_or(&row.text);
    format!("{mark}{}", cut(text))
}

/// Shortens a long text: what is in brackets is dropped first.
fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST_TEXT {
        return text.to_string();
    }
    let text = text.split(" (").next().unwrap_or(text);
    let start: String = text.chars().take(LONGEST_TEXT - 1).collect();
    format!("{}…", start.trim_end())
}
