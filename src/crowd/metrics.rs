//! What a test measures, and how it is printed.

// Lost digits are not printed.
#![allow(clippy::cast_precision_loss)]

use std::io;
use std::time::Duration;

use super::options::Options;
use crate::cli::terminal::{Paint, print_line};
use crate::text::thousands;

/// The width of the histogram's longest bar.
const BAR: usize = 30;
/// The widths of the labels and of a column of figures.
const LABEL: usize = 20;
const COLUMN: usize = 16;
const LAST_LATENCY: &str = "latency, 99th pc";
/// Less processor time than this is not printed: the system counts it in units of 10 ms.
const MEASURABLE: Duration = Duration::from_millis(100);

/// What was measured, in one test or in several.
#[derive(Default)]
pub struct Metrics {
    /// From the first connection until every client received the same line.
    pub joined: Duration,
    /// How many messages arrived while all talkers talked, how long that took, and what it cost.
    pub deliveries: usize,
    pub talked: Duration,
    pub processor_time: Option<Duration>,
    /// The longest time that a client received nothing while others talked.
    pub longest_pause: Duration,
    /// For each message sent alone, the time until the last client received it.
    pub latencies: Vec<Duration>,
    /// The server's memory: without clients, with all of them, and after they have talked.
    pub memory_before: Option<u64>,
    pub memory: Option<u64>,
    pub memory_busy: Option<u64>,
    /// How many of the stalled clients the server disconnected.
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
    /// Adds another test of the same program.
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
        self.longest_pause = self.longest_pause.max(other.longest_pause);
        self.latencies.extend(other.latencies);
        self.disconnected = self.disconnected.min(other.disconnected);
    }

    /// Deliveries per second.
    pub fn rate(&self) -> f64 {
        self.deliveries as f64 / self.talked.as_secs_f64()
    }

    /// Prints the figures of one program.
    pub fn print(&self, name: &str, options: &Options) {
        let paint = Paint::for_stream(&io::stdout());
        print_line(&format!("  {}", paint.bold(name)));
        for row in self.rows(options) {
            print_line(&format!("    {:<LABEL$} {}", row.label, row.text));
            if row.label == LAST_LATENCY {
                self.print_histogram();
            }
        }
    }

    /// Prints the figures of two programs, and their ratios.
    pub fn print_both(both: &[Metrics; 2], names: [&str; 2], options: &Options) {
        let line = |label: &str, [one, other]: [&str; 2], ratio: &str| {
            let line = format!("    {label:<LABEL$} {one:>COLUMN$} {other:>COLUMN$}  {ratio}");
            print_line(line.trim_end());
        };
        line("", names, "first / second");
        let [first, second] = both.each_ref().map(|metrics| metrics.rows(options));
        for (one, other) in first.iter().zip(second) {
            let numbers = one.number.zip(other.number.filter(|number| *number > 0.0));
            let ratio = numbers.map_or(String::new(), |(one, other)| format!("{:.2}", one / other));
            line(one.label, [&one.text, &other.text], &ratio);
        }
    }

    fn rows(&self, options: &Options) -> Vec<Row> {
        let (joined, rate) = (self.joined / (self.more + 1), self.rate());
        let seconds = format!("{:.2} s", joined.as_secs_f64());
        let mut rows = vec![Row::new("joined in", seconds, joined.as_secs_f64())];
        if self.deliveries > 0 {
            let text = thousands(format_args!("{rate:.0}"));
            rows.push(Row::new("deliveries / s", text, rate));
            rows.push(Row::time("longest pause", self.longest_pause));
        }
        if !self.latencies.is_empty() {
            rows.push(Row::time("latency, median", self.latency(50)));
            rows.push(Row::time(LAST_LATENCY, self.latency(99)));
        }
        if let Some((before, joined)) = self.memory_before.zip(self.memory) {
            let bytes = joined.saturating_sub(before) as f64;
            rows.push(Row::memory(
                "memory per client",
                bytes / options.connections() as f64,
            ));
        }
        let total = |bytes| Row::memory("memory in all", bytes as f64);
        rows.extend(self.memory_busy.map(total));
        rows.extend(self.processor_time.map(|time| self.cost(time)));
        if options.stalled > 0 {
            let text = format!("{} of {}", self.disconnected, options.stalled);
            rows.push(Row::new("stalled, cut off", text, 0.0));
        }
        rows
    }

    /// The processor time of a delivery.
    fn cost(&self, time: Duration) -> Row {
        let each = time.as_secs_f64() / self.deliveries as f64;
        let (text, number) = if time < MEASURABLE {
            ("too short".to_string(), None)
        } else {
            (format!("{:.2} µs", each * 1e6), Some(each))
        };
        let label = "processor / delivery";
        Row {
            label,
            text,
            number,
        }
    }

    /// The latency that this many percent of the messages do not exceed.
    fn latency(&self, percent: usize) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort();
        sorted[(sorted.len() - 1) * percent / 100]
    }

    /// Prints a bar for each range of latencies: how many messages fell into it.
    fn print_histogram(&self) {
        let (least, most) = (self.latency(0), self.latency(100));
        let ranges = ranges().filter(|[from, to]| *to > least && *from <= most);
        let count = |[from, to]: [Duration; 2]| {
            let is_inside = |latency: &&Duration| (from..to).contains(latency);
            (from, to, self.latencies.iter().filter(is_inside).count())
        };
        let counts: Vec<_> = ranges.map(count).collect();
        let highest = counts.iter().map(|(_, _, count)| *count).max().unwrap_or(1);
        for (from, to, count) in counts {
            let range = format!("{} to {}", short(from), short(to));
            print_line(&format!(
                "    {range:>LABEL$} {} {count}",
                bar(count, highest)
            ));
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
        let kibibytes = bytes / 1024.0;
        let text = if kibibytes < 1024.0 {
            format!("{kibibytes:.1} KiB")
        } else {
            format!("{:.1} MiB", kibibytes / 1024.0)
        };
        Row::new(label, text, bytes)
    }
}

/// 1 to 2, 2 to 5, 5 to 10 microseconds, and so on.
fn ranges() -> impl Iterator<Item = [Duration; 2]> {
    (0..9).flat_map(|power| {
        let unit = Duration::from_micros(10_u64.pow(power));
        [
            [unit, 2 * unit],
            [2 * unit, 5 * unit],
            [5 * unit, 10 * unit],
        ]
    })
}

/// A bar of blocks, rounded up to an eighth of a block: every count is visible.
fn bar(count: usize, highest: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (count * BAR * 8).div_ceil(highest.max(1));
    "█".repeat(eighths / 8) + PARTS[eighths % 8]
}

/// A time in the unit that suits it.
fn short(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        ..1e3 => format!("{micros:.0} µs"),
        ..1e4 => format!("{:.1} ms", micros / 1e3),
        ..1e6 => format!("{:.0} ms", micros / 1e3),
        _ => format!("{:.1} s", micros / 1e6),
    }
}
