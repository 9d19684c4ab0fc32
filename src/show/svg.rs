//! SVG elements, as text.

use std::fmt::Display;

use crate::show::measure::{LINE, escaped};

/// Lines of text, one below the other.
pub fn text(class: &str, x: usize, y: usize, lines: &[impl AsRef<str>]) -> String {
    let lines = lines.iter().enumerate().map(|(number, line)| {
        let (y, line) = (y + number * LINE, escaped(line.as_ref()));
        format!(
            "<text{} x=\"{x}\" y=\"{y}\">{line}</text>",
            attribute("class", class)
        )
    });
    lines.collect()
}

pub fn rect(class: &str, [x, y, width, height]: [usize; 4]) -> String {
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>")
}

pub fn path(class: &str, d: impl Display) -> String {
    format!("<path{} d=\"{d}\"/>", attribute("class", class))
}

/// A path with an arrowhead of this kind.
pub fn arrow(class: &str, head: &str, d: impl Display) -> String {
    let class = attribute("class", class);
    format!("<path{class} d=\"{d}\" marker-end=\"url(#{head})\"/>")
}

pub fn group(class: &str, content: &str) -> String {
    format!("<g class=\"{class}\">{content}</g>")
}

fn attribute(name: &str, value: &str) -> String {
    match value {
        "" => String::new(),
        value => format!(" {name}=\"{value}\""),
    }
}
