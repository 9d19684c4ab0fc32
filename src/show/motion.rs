//! The animation of a picture: whole for a moment, then row by row.

use std::fmt::Write as _;
use std::time::Duration;

use crate::show::rows::Rows;

/// How long the whole picture is shown, at the start and at the end.
const WHOLE: f64 = 2.0;
/// The minimum time between two rows.
const STEP: Duration = Duration::from_millis(700);
/// The time to fade in or out.
const FADE: f64 = 0.3;

/// When each row appears. Without animation there are no classes and no rules.
pub struct Motion {
    starts: Vec<f64>,
    waits: Vec<(usize, usize)>,
    is_on: bool,
}

impl Motion {
    pub fn new(rows: &Rows, is_on: bool) -> Motion {
        let mut start = WHOLE + FADE;
        let mut before = Duration::ZERO;
        let mut starts = Vec::new();
        for row in &rows.list {
            start += row.at.saturating_sub(before).max(STEP).as_secs_f64();
            before = row.at;
            starts.push(start);
        }
        let waits = rows
            .waits
            .iter()
            .map(|wait| (wait.first_row, wait.last_row));
        let mut waits: Vec<(usize, usize)> = waits.collect();
        waits.sort_unstable();
        waits.dedup();
        Motion {
            starts,
            waits,
            is_on,
        }
    }

    /// The class of elements that appear with a row.
    pub fn appears(&self, row: usize) -> String {
        self.class(format!(" m a{row}"))
    }

    /// The class of elements that grow from one row to another.
    pub fn grows(&self, from: usize, to: usize) -> String {
        self.class(format!(" m g{from}-{to}"))
    }

    fn class(&self, class: String) -> String {
        if self.is_on { class } else { String::new() }
    }

    /// The rules apply only without `prefers-reduced-motion`: otherwise the whole picture is shown.
    pub fn style(&self) -> String {
        if !self.is_on {
            return String::new();
        }
        let mut style = format!(
            "@media(prefers-reduced-motion:no-preference){{\n\
             .m{{animation:{:.1}s linear infinite;transform-box:fill-box;transform-origin:top}}\n",
            self.length()
        );
        for (row, start) in self.starts.iter().enumerate() {
            let states = ["opacity:1", "opacity:0"];
            style += &self.rule(&format!("a{row}"), [*start, start + FADE], states);
        }
        for (from, to) in &self.waits {
            let states = ["transform:none", "transform:scaleY(0)"];
            let times = [*from, *to].map(|row| self.starts[row]);
            style += &self.rule(&format!("g{from}-{to}"), times, states);
        }
        style + "}"
    }

    fn length(&self) -> f64 {
        self.starts.last().unwrap_or(&0.0) + FADE + WHOLE
    }

    /// Visible at first, then hidden; it reappears between two times, and stays.
    fn rule(&self, name: &str, [from, to]: [f64; 2], [whole, nothing]: [&str; 2]) -> String {
        let percent = |seconds: f64| format!("{:.1}%", seconds / self.length() * 100.0);
        let [leaves, gone, from, to] = [WHOLE, WHOLE + FADE, from, to].map(percent);
        let mut rule = format!(".{name}{{animation-name:{name}}}@keyframes {name}");
        let _ = writeln!(
            rule,
            "{{0%,{leaves}{{{whole}}}{gone},{from}{{{nothing}}}{to},100%{{{whole}}}}}"
        );
        rule
    }
}
