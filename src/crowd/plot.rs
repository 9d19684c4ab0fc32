//! A comparison as a picture: for each size of the crowd, how much faster one program is than the other.

use std::thread;

use super::figures::thousands;
use crate::show::picture::escaped;

const WIDTH: usize = 560;
/// Where the bars begin, how long the longest one is, and how far they are apart.
const LEFT: u32 = 118;
const LONGEST: f64 = 350.0;
const BAR: usize = 22;
const GROUP: usize = 2 * BAR + 22;
const TOP: usize = 76;

const STYLE: &str = "\
text{font:17px Helvetica,Arial,'Liberation Sans',Roboto,system-ui,sans-serif;fill:#1f2328}
.ground{fill:#fff}.title{font-weight:600}.end{text-anchor:end}.faint{fill:#59636e}.one{fill:#0969da}.other{fill:#848d97}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}.faint{fill:#9da7b3}.one{fill:#58a6ff}.other{fill:#656d76}}
";

/// What was measured with so many clients: the deliveries a second of both.
pub struct Group {
    pub clients: usize,
    pub rates: [f64; 2],
}

impl Group {
    fn ratio(&self) -> f64 {
        self.rates[0] / self.rates[1]
    }

    fn in_words(&self, names: [&str; 2]) -> String {
        let [one, other] = self.rates.map(|rate| thousands(format_args!("{rate:.0}")));
        let clients = self.clients;
        format!(
            "With {clients} clients: {} {one}, {} {other} a second.",
            names[0], names[1]
        )
    }
}

/// Draws bars as long as the ratios. What they are measured against has the length 1.
pub fn draw(groups: &[Group], names: [&str; 2]) -> String {
    let height = TOP + groups.len() * GROUP + 34;
    let names = names.map(escaped);
    let names = [names[0].as_str(), names[1].as_str()];
    let title = finding(groups, names);
    let words: Vec<String> = groups.iter().map(|group| group.in_words(names)).collect();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n",
        title.join(" "),
        words.join(" "),
    );
    for (line, y) in title.iter().zip([28, 50]) {
        svg += &format!("<text class=\"title\" x=\"16\" y=\"{y}\">{line}</text>\n");
    }
    let longest = groups.iter().map(Group::ratio).fold(1.0, f64::max);
    for (number, group) in groups.iter().enumerate() {
        let y = TOP + number * GROUP;
        let ratio = group.ratio();
        svg += &format!(
            "<text class=\"end\" x=\"{}\" y=\"{}\">{} clients</text>\n",
            LEFT - 12,
            y + BAR + 5,
            thousands(group.clients),
        );
        svg += &bar("one", y, ratio / longest, &format!("{ratio:.1} ×"));
        svg += &bar("other", y + BAR, 1.0 / longest, "1");
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (one, other) = (names[0], names[1]);
    svg += &format!(
        "<text class=\"faint\" x=\"16\" y=\"{}\">above {one}, below {other}; on {cores} cores</text>\n</svg>\n",
        height - 16,
    );
    svg
}

/// What the picture shows, in two lines.
fn finding(groups: &[Group], names: [&str; 2]) -> [String; 2] {
    let ratios = groups.iter().map(Group::ratio);
    let (least, most) = ratios.fold((f64::MAX, 0.0_f64), |(least, most), ratio| {
        (least.min(ratio), most.max(ratio))
    });
    [
        format!("{} delivers {least:.1} to {most:.1} times", names[0]),
        format!("as many lines a second as {}", names[1]),
    ]
}

fn bar(class: &str, y: usize, share: f64, text: &str) -> String {
    let width = (share * LONGEST).round();
    let (middle, behind) = (y + BAR - 5, f64::from(LEFT) + width + 8.0);
    format!(
        "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{width}\" height=\"{}\"/><text x=\"{behind}\" y=\"{middle}\">{text}</text>\n",
        BAR - 3
    )
}
