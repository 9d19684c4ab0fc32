//! How a picture looks, in the light and in the dark, still and moving.

use std::fmt::Write as _;
use std::time::Duration;

use crate::show::rows::Row;

/// Blue and orange, which everybody can tell apart; what waits is hatched besides, what is not read yet is dashed. All
/// colours stand in it as they are: some programs that show pictures know no variables.
pub const STYLE: &str = "\
text{font:17px Helvetica,Arial,'Liberation Sans',Roboto,system-ui,sans-serif;fill:#1f2328}
.ground{fill:#fff}.title,.name{font-weight:600}.name{text-anchor:middle}.t{text-anchor:end}.t,.faint{fill:#59636e}
.end{text-anchor:end}.does{font-style:italic}path{fill:none;stroke:#59636e;stroke-width:2}
.life,.box{stroke:#848d97;stroke-width:1.5;fill:#fff}.stage{fill:#eff1f3}.gap{stroke:#fff;stroke-width:8}.break{stroke:#848d97;stroke-width:1.5}
path.said,.said path{stroke:#0969da}path.heard,.heard path{stroke:#57606a}path.wrong,.wrong path{stroke:#b54708}
.wait{fill:url(#hatch);stroke:#b54708}.hatch{fill:#fff1e5}.bad,.wrong .w{fill:#b54708;font-weight:600}.queued{stroke-dasharray:6 5}
#said path{fill:#0969da}#heard path{fill:#57606a}#wrong path{fill:#b54708}marker path{stroke:none}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}.t,.faint{fill:#9da7b3}path{stroke:#9da7b3}
.life,.box{stroke:#656d76;fill:#0d1117}.stage{fill:#1c2128}.gap{stroke:#0d1117}.break{stroke:#656d76}
path.said,.said path{stroke:#58a6ff}path.heard,.heard path{stroke:#9da7b3}path.wrong,.wrong path{stroke:#ffa657}
.wait{stroke:#ffa657}.hatch{fill:#3b2611}.bad,.wrong .w{fill:#ffa657}
#said path{fill:#58a6ff}#heard path{fill:#9da7b3}#wrong path{fill:#ffa657}}
";

/// The heads of the arrows, and the hatching.
pub const DEFINITIONS: &str = "<defs>\
<marker id=\"said\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker>\
<marker id=\"heard\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker>\
<marker id=\"wrong\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker>\
<pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"hatch\" width=\"7\" height=\"7\"/><path class=\"wrong\" d=\"M0 0V7\"/></pattern></defs>";

/// No two rows appear closer together than this, and all stay for a while at the end.
const STEP: Duration = Duration::from_millis(700);
const STAYS: Duration = Duration::from_secs(4);
/// How long a row takes to appear.
const FADE: f64 = 0.3;

/// When each row appears, in an animated picture.
pub struct Motion {
    starts: Vec<f64>,
    length: f64,
    is_on: bool,
}

impl Motion {
    pub fn new(rows: &[Row], is_on: bool) -> Motion {
        let mut starts: Vec<f64> = Vec::new();
        let mut before = Duration::ZERO;
        for row in rows {
            let passed = row.at.saturating_sub(before).max(STEP);
            before = row.at;
            let last = starts.last();
            starts.push(last.map_or(0.5, |last| last + passed.as_secs_f64()));
        }
        let length = starts.last().unwrap_or(&0.0) + STAYS.as_secs_f64();
        Motion {
            starts,
            length,
            is_on,
        }
    }

    /// The class of what appears with a row.
    pub fn appears(&self, row: usize) -> String {
        if self.is_on {
            format!(" m a{row}")
        } else {
            String::new()
        }
    }

    /// The class of what grows from one row to another.
    pub fn grows(&self, from: usize, to: usize) -> String {
        if self.is_on {
            format!(" m g{from}-{to}")
        } else {
            String::new()
        }
    }

    /// The rules, only for those who want motion: everybody else sees the whole picture at once.
    pub fn style(&self) -> String {
        if !self.is_on {
            return String::new();
        }
        let mut style = format!(
            "@media(prefers-reduced-motion:no-preference){{.m{{animation:{:.1}s linear infinite;transform-box:fill-box;transform-origin:top}}\n",
            self.length
        );
        for (row, start) in self.starts.iter().enumerate() {
            let (from, to) = (self.percent(*start), self.percent(start + FADE));
            let _ = writeln!(
                style,
                ".a{row}{{animation-name:a{row}}}@keyframes a{row}{{0%,{from}{{opacity:0}}{to},100%{{opacity:1}}}}"
            );
            for (other, end) in self.starts.iter().enumerate().skip(row + 1) {
                let end = self.percent(*end);
                let _ = writeln!(
                    style,
                    ".g{row}-{other}{{animation-name:g{row}-{other}}}@keyframes g{row}-{other}{{0%,{from}{{transform:scaleY(0)}}{end},100%{{transform:none}}}}"
                );
            }
        }
        style + "}"
    }

    fn percent(&self, seconds: f64) -> String {
        format!("{:.1}%", seconds / self.length * 100.0)
    }
}
