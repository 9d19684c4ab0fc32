//! One line of a terminal, writable at any column.

use crate::cli::terminal::char_width;

#[derive(Default)]
pub struct Canvas {
    pub text: String,
    /// The columns to mark as wrong.
    pub wrong: Option<(usize, usize)>,
}

impl Canvas {
    /// Overwrites from a column on.
    pub fn write(&mut self, start: usize, text: &str) {
        let end = start + width(text);
        let (before, rest) = cut(&self.text, start);
        let (_, after) = cut(rest, end - start);
        let padding = " ".repeat(start - width(before));
        self.text = format!("{before}{padding}{text}{after}");
    }

    /// Writes a name centred at a column.
    pub fn write_around(&mut self, column: usize, text: &str) {
        self.write(column - (width(text) / 2).min(column), text);
    }

    /// Draws an arrow between two columns; it crosses what is there.
    pub fn draw_arrow(&mut self, left: usize, right: usize, points_right: bool) {
        for column in left + 1..right {
            let is_crossing = self.at(column) != ' ';
            self.write(column, if is_crossing { "┼" } else { "─" });
        }
        if points_right {
            self.write(right - 1, "▶");
        } else {
            self.write(left + 1, "◀");
        }
    }

    fn at(&self, column: usize) -> char {
        let (_, rest) = cut(&self.text, column);
        rest.chars().next().unwrap_or(' ')
    }
}

/// The width of a text in columns.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Splits a text after this many columns.
pub fn cut(text: &str, at: usize) -> (&str, &str) {
    let mut width = 0;
    for (position, c) in text.char_indices() {
        if width >= at {
            return text.split_at(position);
        }
        width += char_width(c);
    }
    (text, "")
}

/// Shortens a text to at most this many columns.
pub fn shortened(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_string();
    }
    format!("{}…", cut(text, limit.saturating_sub(2)).0)
}

#[cfg(test)]
mod tests {
    use super::{Canvas, shortened, width};

    #[test]
    fn a_line_is_written_by_columns_whatever_the_text() {
        let mut canvas = Canvas::default();
        canvas.write(0, "日本");
        canvas.write(6, "│");
        canvas.write(4, "é");
        assert_eq!(canvas.text, "日本é │");
        canvas.write(0, "ab");
        assert_eq!(canvas.text, "ab本é │");
        assert_eq!([2, 6, 60].map(|column| canvas.at(column)), ['本', '│', ' ']);
    }

    #[test]
    fn what_is_too_long_is_shortened_to_fit() {
        assert_eq!(shortened("hello", 5), "hello");
        assert_eq!(shortened("hello!", 5), "hel…");
        assert!(width(&shortened("日本日本日本", 7)) <= 7);
    }
}
