//! Where everything stands in a picture.

use std::time::Duration;

use crate::runner::events::{Event, EventKind};
use crate::show::lane::{self, Lane, State, ThreadSummary};
use crate::show::measure::{self, LINE};
use crate::show::picture::Scene;
use crate::show::rows::{Item, Row};
use crate::show::timeline::Columns;

/// All lengths are in pixels. A phone shows this width with letters that can be read.
pub const WIDTH: usize = 560;
const LEFT: usize = 82;
const RIGHT: usize = 524;
/// The server's line, where nothing is known of its threads.
const THIN: usize = 8;
/// The widest lane: with two clients beside it, and with three.
const WIDEST: [usize; 2] = [136, 146];
/// With three clients and a lane, the one on the right has less room: only it stands there.
const NARROW: usize = 88;
/// Between words and the lines on both sides.
const MARGIN: usize = 20;
/// A wait this long is drawn as one, broken, this high.
const WAIT: Duration = Duration::from_millis(500);
const WAIT_HEIGHT: usize = 72;
/// What is seen so soon after something belongs to it.
const SOON: Duration = Duration::from_millis(150);

pub struct Layout {
    pub title: Vec<String>,
    pub legend: usize,
    pub names: usize,
    /// The height of each row.
    pub rows: Vec<usize>,
    feet: Vec<usize>,
    pub bottom: usize,
    pub breaks: Vec<usize>,
    pub waits: Vec<Wait>,
    pub segments: Vec<Segment>,
    pub lane_width: usize,
    columns: Columns,
    clients: usize,
    row_of: Vec<Option<usize>>,
    times: Vec<(Duration, Duration)>,
}

/// A time in which a client waits in vain.
pub struct Wait {
    pub client: usize,
    pub first_row: usize,
    pub last_row: usize,
    pub from: usize,
    pub to: usize,
    begins: Duration,
}

/// A part of the server's lane.
pub struct Segment {
    /// It begins after the row before this one.
    pub row: usize,
    pub words: Vec<Line>,
    pub from: usize,
    pub to: usize,
    /// Above this, the words of the one before have their room.
    earliest: usize,
    at: Duration,
}

/// What a thread waits in, in as many lines as it takes.
#[derive(PartialEq)]
pub struct Line {
    pub lines: Vec<String>,
    pub is_blocked: bool,
}

impl Segment {
    pub fn is_blocked(&self) -> bool {
        self.words.iter().any(|words| words.is_blocked)
    }

    fn height(&self) -> usize {
        let lines = self.words.iter().map(|words| words.lines.len());
        lines.sum::<usize>() * LINE + 10
    }
}

impl Layout {
    pub fn new(scene: &Scene, rows: &[Row]) -> Layout {
        let title = measure::wrapped(scene.title, WIDTH - 48);
        let legend = 28 + title.len() * LINE + 6;
        let row_of = (0..scene.events.len())
            .map(|number| rows.iter().position(|row| row.events.contains(&number)));
        let mut layout = Layout {
            title,
            legend,
            names: legend + 34,
            rows: Vec::new(),
            feet: Vec::new(),
            bottom: 0,
            breaks: Vec::new(),
            waits: Vec::new(),
            segments: Vec::new(),
            lane_width: THIN,
            columns: Columns::new(scene.cast.len()),
            clients: scene.cast.len(),
            row_of: row_of.collect(),
            times: rows.iter().map(|row| (row.at, row.until)).collect(),
        };
        layout.finds_waits(scene.events, rows);
        layout.finds_segments(scene, rows);
        layout.stacks(rows);
        layout.places();
        layout
    }

    pub fn row_of(&self, event: usize) -> Option<usize> {
        self.row_of[event]
    }

    pub fn is_blocked(&self) -> bool {
        self.segments.iter().any(Segment::is_blocked)
    }

    // From left to right.

    /// How far two columns are apart, on the left of the lane.
    fn gap(&self) -> usize {
        let room = RIGHT - LEFT - self.lane_width;
        if self.is_narrow() {
            (room - NARROW) / (self.clients - 1)
        } else {
            room / self.clients
        }
    }

    fn is_narrow(&self) -> bool {
        self.clients > 2 && self.lane_width > THIN
    }

    pub fn client(&self, client: usize) -> usize {
        let (column, server) = (self.columns.client(client), self.columns.server());
        if column < server {
            return LEFT + column * self.gap();
        }
        let gap = if self.is_narrow() { NARROW } else { self.gap() };
        self.lane() + self.lane_width + (column - server) * gap
    }

    /// The middle of the lane, and its left edge.
    pub fn server(&self) -> usize {
        self.lane() + self.lane_width / 2
    }

    pub fn lane(&self) -> usize {
        LEFT + self.columns.server() * self.gap()
    }

    /// Both ends of an arrow: at the client, and at the server.
    pub fn ends(&self, client: usize) -> (usize, usize) {
        let (x, lane) = (self.client(client), self.lane());
        if x < lane {
            (x + 2, lane - 1)
        } else {
            (x - 2, lane + self.lane_width + 1)
        }
    }

    /// Words in lines that fit between a client's line and the next one.
    pub fn lines(&self, client: usize, text: &str) -> Vec<String> {
        let is_right = self.columns.client(client) > self.columns.server();
        let gap = if self.is_narrow() && is_right {
            NARROW
        } else {
            self.gap()
        };
        measure::wrapped(text, gap - MARGIN)
    }

    /// Of several clients with the same words, those beside whom they stand: the next to the server on each side.
    pub fn labelled(&self, clients: &[usize]) -> Vec<usize> {
        let server = self.server();
        let left = clients
            .iter()
            .filter(|client| self.client(**client) < server);
        let right = clients
            .iter()
            .filter(|client| self.client(**client) > server);
        let nearest = |client: &&usize| self.client(**client).abs_diff(server);
        let both = [left.min_by_key(nearest), right.min_by_key(nearest)];
        both.into_iter().flatten().copied().collect()
    }

    // What the server's threads were seen in.

    fn finds_waits(&mut self, events: &[Event], rows: &[Row]) {
        for (number, event) in events.iter().enumerate() {
            let (EventKind::HeardNothing(limit), Some(client)) = (&event.what, event.client) else {
                continue;
            };
            let is_own = |event: &Event| event.client == Some(client);
            let talk =
                |event: &Event| matches!(event.what, EventKind::Said(_) | EventKind::Heard(_));
            let heard = |event: &Event| matches!(event.what, EventKind::Heard(_));
            let silent = event.at.saturating_sub(*limit);
            // A wait begins with what was said; where more was heard after that, with the last of it.
            let last = events[..number]
                .iter()
                .rposition(|event| is_own(event) && talk(event));
            let last = last.filter(|last| events[*last].at + SOON >= silent);
            let is_stage = |row: &usize| matches!(rows[*row].item, Item::Harness(_));
            let row = last
                .and_then(|last| self.row_of[last])
                .filter(|row| !is_stage(row));
            let begins = row.map_or(silent, |row| rows[row].at);
            let after =
                |row: &Row| row.at + SOON / 3 >= begins && !matches!(row.item, Item::Harness(_));
            let first = row.or_else(|| rows.iter().position(after));
            let end = events[number..]
                .iter()
                .position(|event| is_own(event) && heard(event));
            let last = self.row_of[end.map_or(number, |end| number + end)];
            let nothing = self.row_of[number].unwrap_or(0);
            let first = first.unwrap_or(nothing).min(nothing.saturating_sub(1));
            self.waits.push(Wait {
                client,
                first_row: first,
                last_row: last.unwrap_or(nothing),
                from: 0,
                to: 0,
                begins: begins.max(rows[first].at),
            });
        }
    }

    fn finds_segments(&mut self, scene: &Scene, rows: &[Row]) {
        let mut lane = Lane::default();
        let mut seen: Vec<(usize, Duration, Vec<ThreadSummary>)> = Vec::new();
        for (number, event) in scene.events.iter().enumerate() {
            let EventKind::Waits(threads) = &event.what else {
                continue;
            };
            let row = self.row_of[..number].iter().flatten().max();
            let row = row.map_or(0, |row| row + 1);
            seen.push((row, event.at, lane.words(threads)));
        }
        let tells = |(_, _, words): &(usize, Duration, Vec<ThreadSummary>)| {
            words.len() == 1 || words.iter().any(|words| words.state != State::Free)
        };
        let is_told = seen.iter().any(tells) || !self.waits.is_empty();
        if seen.is_empty() || !is_told {
            return; // All threads are free: there is nothing to tell.
        }
        self.lane_width = WIDEST[usize::from(self.clients > 2)];
        for (row, at, words) in seen {
            self.segments.push(self.segment(row, at, &words, &[]));
            // Reading from one is no harm until another waits.
            for (first, client) in self
                .waits
                .iter()
                .map(|wait| (wait.first_row, wait.client))
                .collect::<Vec<_>>()
            {
                let is_harm = words.iter().any(|words| matches!(&words.state, State::Reads(other) if *other != scene.cast[client]));
                if is_harm && rows[first].at > at {
                    let waiting = [scene.cast[client]];
                    self.segments
                        .push(self.segment(first + 1, rows[first].at, &words, &waiting));
                }
            }
        }
        self.segments
            .sort_by_key(|segment| (segment.row, segment.at));
        self.keeps_what_can_be_seen();
    }

    /// Of what was seen within one row, the last; and what does not change is one segment.
    fn keeps_what_can_be_seen(&mut self) {
        let mut kept: Vec<Segment> = Vec::new();
        for segment in std::mem::take(&mut self.segments) {
            let is_long = |last: &Segment| {
                let is_told = last.is_blocked() || segment.is_blocked();
                is_told && segment.at.saturating_sub(last.at) > WAIT
            };
            let last = kept.last();
            if last.is_some_and(|last| last.words == segment.words) {
                continue;
            }
            if last.is_some_and(|last| last.row == segment.row && !is_long(last)) {
                kept.pop();
            }
            kept.push(segment);
        }
        self.segments = kept;
    }

    fn segment(
        &self,
        row: usize,
        at: Duration,
        words: &[ThreadSummary],
        waiting: &[&str],
    ) -> Segment {
        let is_blocked = |words: &ThreadSummary| match &words.state {
            State::Free => false,
            State::Blocked => true,
            State::Reads(client) => waiting.iter().any(|other| other != client),
        };
        let limit = self.lane_width - 22;
        let (blocked, free): (Vec<&ThreadSummary>, Vec<&ThreadSummary>) =
            words.iter().partition(|words| is_blocked(words));
        let mut lines: Vec<Line> = blocked
            .iter()
            .map(|words| Line {
                lines: measure::wrapped(&words.in_all(), limit),
                is_blocked: true,
            })
            .collect();
        lines.extend(lane::in_one(&free).map(|text| Line {
            lines: measure::wrapped(&text, limit),
            is_blocked: false,
        }));
        Segment {
            row,
            words: lines,
            from: 0,
            to: 0,
            earliest: 0,
            at,
        }
    }

    // From top to bottom.

    /// How much a row takes above its line, and below.
    fn extent(&self, row: &Row) -> (usize, usize) {
        let clients = match &row.item {
            Item::Arrow { clients, .. } => clients.as_slice(),
            Item::Note { client, .. } => &[*client],
            _ => &[0],
        };
        let most = |lines: &dyn Fn(usize) -> usize| {
            let all = self.labelled(clients).into_iter().map(lines);
            all.max().unwrap_or(0) * LINE
        };
        let count = |text: &str| most(&|client| self.lines(client, text).len());
        let expected = most(&|client| row.expected_lines(|text| self.lines(client, text)).len());
        match &row.item {
            Item::Harness(text) => (24, measure::wrapped(text, WIDTH - 86).len() * LINE - 4),
            Item::Arrow { text, .. } => (count(text) + 8, expected + 8),
            Item::Note { text, .. } => (LINE, count(text) + expected),
            Item::Server(text) => (LINE, count(text)),
        }
    }

    fn stacks(&mut self, rows: &[Row]) {
        let mut y = self.names + 12;
        let mut lane = y; // Until here, the lane's words need their room.
        let mut before = Duration::ZERO;
        for (number, row) in rows.iter().enumerate() {
            let (above, below) = self.extent(row);
            let top = y;
            lane = self.finds_room(
                number,
                lane.max(self.foot(number.checked_sub(1)).unwrap_or(y)),
            );
            y += above;
            if row.at.saturating_sub(before) >= WAIT {
                y += WAIT_HEIGHT;
            }
            // Nothing may stand on the words of the lane: neither its next ones, nor a grey row.
            let is_stage = matches!(row.item, Item::Harness(_));
            let begins = |row: usize| self.segments.iter().any(|segment| segment.row == row);
            if begins(number + 1) || is_stage && begins(number) {
                y = y.max(lane + if is_stage { LINE } else { 0 });
            }
            if row.at.saturating_sub(before) >= WAIT {
                self.breaks.push(top.midpoint(y - above));
            }
            before = row.until;
            self.rows.push(y);
            y += below;
            self.feet.push(if matches!(row.item, Item::Harness(_)) {
                y
            } else {
                self.rows[number]
            });
        }
        let lane = self.finds_room(
            rows.len(),
            lane.max(self.foot(rows.len().checked_sub(1)).unwrap_or(y)),
        );
        self.bottom = (y + 8).max(lane);
    }

    /// Gives the parts of the lane that begin before a row their room, from a height on. Returns where it ends.
    fn finds_room(&mut self, row: usize, from: usize) -> usize {
        let mut from = from;
        for segment in self
            .segments
            .iter_mut()
            .filter(|segment| segment.row == row)
        {
            segment.earliest = from;
            from += segment.height();
        }
        from
    }

    /// Where what begins with a row may begin: at its line, or below a grey one.
    fn foot(&self, row: Option<usize>) -> Option<usize> {
        self.feet.get(row?).copied()
    }

    /// Where the waits and the parts of the lane begin and end.
    fn places(&mut self) {
        for number in 0..self.waits.len() {
            let wait = &self.waits[number];
            let (from, to) = (
                self.height_at(wait.begins, wait.first_row),
                self.rows[wait.last_row],
            );
            self.waits[number].from = from;
            self.waits[number].to = to;
        }
        let mut end = self.bottom;
        for number in (0..self.segments.len()).rev() {
            let segment = &self.segments[number];
            let start = if segment.row == 0 {
                self.names + 12
            } else {
                self.height_at(segment.at, segment.row - 1)
            };
            let latest = end.saturating_sub(segment.height());
            let start = start.min(latest).max(segment.earliest);
            self.segments[number].from = start;
            self.segments[number].to = end;
            end = start;
        }
    }

    /// The height that belongs to a time after a row.
    fn height_at(&self, at: Duration, row: usize) -> usize {
        let (here, (_, start)) = (self.feet[row], self.times[row]);
        let next = (self.rows.get(row + 1), self.times.get(row + 1));
        let (Some(below), Some((end, _))) = next else {
            return here;
        };
        let (passed, whole) = (at.saturating_sub(start), end.saturating_sub(start));
        if passed < SOON || whole.is_zero() {
            return here;
        }
        let (share, whole) = (passed.min(whole).as_millis(), whole.as_millis());
        let height = below.saturating_sub(here) as u128 * share / whole;
        here + usize::try_from(height).unwrap_or(0)
    }
}
