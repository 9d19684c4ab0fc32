//! A comparison as an SVG: how much faster one program is, for each number of clients.

use std::thread;

use crate::show::picture::escaped;
use crate::text::thousands;

const WIDTH: usize = 560;
/// The start of the bars, the longest length, and the distance.
const LEFT: u32 = 118;
const LONGEST: f64 = 350.0;
const BAR: usize = 22;
const GROUP: usize = 2 * BAR + 22;
const TOP: usize = 76;

const STYLE: &str = "\
text{font:17px Helvetica,Arial,'Liberation Sans',Roboto,system-ui,sans-serif;fill:#1f2328}
.ground{fill:#fff}.title{font-weight:600}.end{text-anchor:end}
.faint{fill:#59636e}.one{fill:#0969da}.other{fill:#848d97}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}
.faint{fill:#9da7b3}.one{fill:#58a6ff}.other{fill:#656d76}}
";

/// Two bars: the deliveries per second of both programs.
pub struct Group {
    pub label: String,
    pub rates: [f64; 2],
}

impl Group {
    fn ratio(&self) -> f64 {
        self.rates[0] / self.rates[1]
    }

    fn describe(&self, [one, other]: [&str; 2]) -> String {
        let rates = self.rates.map(|rate| thousands(format_args!("{rate:.0}")));
        let label = &self.label;
        format!(
            "With {label}: {one} {}, {other} {} a second.",
            rates[0], rates[1]
        )
    }

    fn draw(&self, y: usize, longest: f64) -> String {
        let (x, middle, label, ratio) = (LEFT - 12, y + BAR + 5, &self.label, self.ratio());
        let label = format!("<text class=\"end\" x=\"{x}\" y=\"{middle}\">{label}</text>\n");
        let one = bar("one", y, ratio / longest, &format!("{ratio:.1} ×"));
        label + &one + &bar("other", y + BAR, 1.0 / longest, "1")
    }
}

/// Draws bars as long as the ratios. The reference program has length 1.
pub fn draw(groups: &[Group], names: [&str; 2]) -> String {
    let names = names.map(escaped);
    let [one, other] = names.each_ref().map(String::as_str);
    let height = TOP + groups.len() * GROUP + 34;
    let title = title(groups, [one, other]);
    let texts: Vec<String> = groups
        .iter()
        .map(|group| group.describe([one, other]))
        .collect();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n",
        title.join(" "),
        texts.join(" "),
    );
    for (line, y) in title.iter().zip([28, 50]) {
        svg += &format!("<text class=\"title\" x=\"16\" y=\"{y}\">{line}</text>\n");
    }
    let longest = groups.iter().map(Group::ratio).fold(1.0, f64::max);
    for (number, group) in groups.iter().enumerate() {
        svg += &group.draw(TOP + number * GROUP, longest);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let text = format!("above {one}, below {other}; on {cores} cores");
    let y = height - 16;
    svg + &format!("<text class=\"faint\" x=\"16\" y=\"{y}\">{text}</text>\n</svg>\n")
}

/// The result, in two lines.
fn title(groups: &[Group], [one, other]: [&str; 2]) -> [String; 2] {
    let ratios = || groups.iter().map(Group::ratio);
    let (least, most) = (
        ratios().fold(f64::MAX, f64::min),
        ratios().fold(0.0, f64::max),
    );
    [
        format!("{one} delivers {least:.1} to {most:.1} times"),
        format!("as many lines a second as {other}"),
    ]
}

fn bar(class: &str, y: usize, share: f64, text: &str) -> String {
    let (width, height) = ((share * LONGEST).round(), BAR - 3);
    let (middle, end) = (y + BAR - 5, f64::from(LEFT) + width + 8.0);
    format!(
        "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\
         <text x=\"{end}\" y=\"{middle}\">{text}</text>\n",
    )
}
