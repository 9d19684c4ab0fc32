//! What a test measures, and how it is printed.

// The digits that get lost are not printed.
#![allow(clippy::cast_precision_loss)]

use std::fmt::Display;
use std::io;
use std::time::Duration;

use super::Options;
use crate::cli::terminal::{Paint, say};

/// How wide the longest bar of the histogram is.
const BAR: usize = 30;
/// Where the figures begin, and how wide a column of them is.
const LABEL: usize = 20;
const COLUMN: usize = 16;
const LAST_LATENCY: &str = "latency, 99th pc";
/// Less processor time than this is not told: its unit is 10 ms.
const MEASURABLE: Duration = Duration::from_millis(100);

/// What was measured, in one test or in several.
#[derive(Default)]
pub struct Metrics {
    /// From the first connection until everybody heard what one of them said.
    pub joined: Duration,
    /// How many messages arrived while everybody talked, how long that took, and what it cost.
    pub deliveries: usize,
    pub talked: Duration,
    pub processor_time: Option<Duration>,
    /// The longest time anybody heard nothing while others talked.
    pub pause: Duration,
    /// How long each single message took until everybody had heard it.
    pub latencies: Vec<Duration>,
    /// The server's memory: without clients, with all of them, and after they have talked.
    pub memory_before: Option<u64>,
    pub memory: Option<u64>,
    pub memory_busy: Option<u64>,
    /// How many of the stalled clients the server has disconnected.
    pub disconnected: usize,
    /// How many tests were added to the first.
    pub more: u32,
}

/// One figure, as text and as a number for ratios.
struct Row {
    label: &'static str,
    text: String,
    number: Option<f64>,
}

impl Metrics {
    /// Adds those of another test of the same program.
    pub fn add(&mut self, other: Metrics) {
        if self.deliveries == 0 {
            *self = other;
            return;
        }
        self.more += 1;
        self.joined += other.joined;
        self.deliveries += other.deliveries;
        self.talked += other.talked;
        let times = self.processor_time.zip(other.processor_time);
        self.processor_time = times.map(|(one, other)| one + other);
        self.pause = self.pause.max(other.pause);
        self.latencies.extend(other.latencies);
        self.disconnected = self.disconnected.min(other.disconnected);
    }

    /// Deliveries a second.
    pub fn rate(&self) -> f64 {
        self.deliveries as f64 / self.talked.as_secs_f64()
    }

    /// Prints the figures of one program.
    pub fn print(&self, name: &str, options: &Options) {
        let paint = Paint::for_stream(&io::stdout());
        say(&format!("  {}", paint.bold(name)));
        for row in self.rows(options) {
            say(&format!("    {:<LABEL$} {}", row.label, row.text));
            if row.label == LAST_LATENCY {
                self.print_histogram();
            }
        }
    }

    /// Prints the figures of two programs, and how they relate.
    pub fn print_both(both: &[Metrics; 2], names: [&str; 2], options: &Options) {
        let [one, other] = both;
        let line = |label: &str, one: &str, other: &str, ratio: &str| {
            let line = format!("    {label:<LABEL$} {one:>COLUMN$} {other:>COLUMN$}  {ratio}");
            say(line.trim_end());
        };
        line("", names[0], names[1], "first / second");
        for (row, its) in one.rows(options).iter().zip(other.rows(options)) {
            let numbers = row.number.zip(its.number);
            let ratio = numbers.filter(|(_, its)| *its > 0.0);
            let ratio = ratio.map_or(String::new(), |(one, its)| format!("{:.2}", one / its));
            line(row.label, &row.text, &its.text, &ratio);
        }
    }

    fn rows(&self, options: &Options) -> Vec<Row> {
        let everybody = options.clients() + options.stalled;
        let joined = self.joined / (self.more + 1);
        let mut rows = vec![Row::new("joined in", seconds(joined), joined.as_secs_f64())];
        if self.deliveries > 0 {
            let rate = self.rate();
            rows.push(Row::new(
                "deliveries / s",
                thousands(format_args!("{rate:.0}")),
                rate,
            ));
            rows.push(Row::time("longest pause", self.pause));
        }
        if !self.latencies.is_empty() {
            rows.push(Row::time("latency, median", self.latency(50)));
            rows.push(Row::time(LAST_LATENCY, self.latency(99)));
        }
        if let Some((before, there)) = self.memory_before.zip(self.memory) {
            let each = there.saturating_sub(before) as f64 / everybody as f64;
            rows.push(Row::memory("memory per client", each));
        }
        rows.extend(
            self.memory_busy
                .map(|busy| Row::memory("memory in all", busy as f64)),
        );
        rows.extend(self.cost());
        if options.stalled > 0 {
            let text = format!("{} of {}", self.disconnected, options.stalled);
            rows.push(Row::new("stalled, cut off", text, 0.0));
        }
        rows
    }

    /// What a delivery costs the server.
    fn cost(&self) -> Option<Row> {
        let time = self.processor_time?;
        let label = "processor / delivery";
        if time < MEASURABLE {
            let text = "too short to tell".to_string();
            return Some(Row {
                label,
                text,
                number: None,
            });
        }
        let each = time.as_secs_f64() / self.deliveries as f64;
        Some(Row::new(label, format!("{:.2} µs", each * 1e6), each))
    }

    /// The latency that so many percent of the messages do not exceed.
    fn latency(&self, percent: usize) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort();
        sorted[(sorted.len() - 1) * percent / 100]
    }

    /// A bar for each range of latencies: how many messages fell into it.
    fn print_histogram(&self) {
        let (from, to) = (self.latency(0), self.latency(100));
        let ranges = ranges().skip_while(|range| range.1 <= from);
        let ranges: Vec<_> = ranges.take_while(|range| range.0 <= to).collect();
        let count = |(from, to): &(Duration, Duration)| {
            self.latencies
                .iter()
                .filter(|l| (from..to).contains(l))
                .count()
        };
        let counts: Vec<usize> = ranges.iter().map(count).collect();
        let most = counts.iter().copied().max().unwrap_or(1);
        for ((from, to), count) in ranges.iter().zip(counts) {
            let range = format!("{} to {}", short(*from), short(*to));
            say(&format!("    {range:>LABEL$} {} {count}", bar(count, most)));
        }
    }
}

impl Row {
    fn new(label: &'static str, text: String, number: f64) -> Row {
        let number = Some(number);
        Row {
            label,
            text,
            number,
        }
    }

    fn time(label: &'static str, time: Duration) -> Row {
        Row::new(label, short(time), time.as_secs_f64())
    }

    fn memory(label: &'static str, bytes: f64) -> Row {
        let text = if bytes < 1024.0 * 1024.0 {
            format!("{:.1} KiB", bytes / 1024.0)
        } else {
            format!("{:.1} MiB", bytes / 1024.0 / 1024.0)
        };
        Row::new(label, text, bytes)
    }
}

/// 1 to 2, 2 to 5, 5 to 10 microseconds, and so on.
fn ranges() -> impl Iterator<Item = (Duration, Duration)> {
    let bounds = (0..9).flat_map(|power| [1, 2, 5].map(|first| first * 10_u64.pow(power)));
    let bounds: Vec<Duration> = bounds.map(Duration::from_micros).collect();
    let pairs: Vec<_> = bounds.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.into_iter()
}

/// A bar of blocks, to an eighth of a block; whatever there is can be seen.
fn bar(count: usize, most: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (count * BAR * 8).div_ceil(most.max(1));
    "█".repeat(eighths / 8) + PARTS[eighths % 8]
}

/// A time in the unit that suits it.
fn short(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1e3 {
        format!("{micros:.0} µs")
    } else if micros < 1e4 {
        format!("{:.1} ms", micros / 1e3)
    } else if micros < 1e6 {
        format!("{:.0} ms", micros / 1e3)
    } else {
        format!("{:.1} s", micros / 1e6)
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// A number with a gap between its thousands.
pub fn thousands(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
