//! Bytes as printable text, and text in lines.

use std::fmt::{Display, Write as _};
use std::time::Duration;

/// Bytes as text that shows each of them: unprintable ones and backslashes are escaped.
pub fn escaped(bytes: &[u8]) -> String {
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'\\').collect();
    escape_unprintable(&parts.join(&b"\\\\"[..]))
}

/// A line in quotes, without its newline, and not too long.
pub fn quoted(text: &str) -> String {
    quoted_whole(without_newline(text))
}

/// The same with its newline.
pub fn quoted_whole(text: &str) -> String {
    const LIMIT: usize = 90;
    if text.chars().count() <= LIMIT {
        return format!("\"{text}\"");
    }
    let start: String = text.chars().take(LIMIT / 3).collect();
    let end = [r"\r\n", r"\r"].into_iter().find(|end| text.ends_with(end));
    let end = end.unwrap_or_default(); // A reader would not guess that it is there.
    format!("\"{start}…{end}\" ({} characters)", characters(text))
}

/// The length of a text without its escapes: `\x00`, `\u{ad}` and `\n` are one character each.
fn characters(text: &str) -> usize {
    let (mut count, mut rest) = (0, text.chars());
    while let Some(c) = rest.next() {
        count += 1;
        match (c, rest.clone().next()) {
            ('\\', Some('x')) => rest.nth(2),
            ('\\', Some('u')) => rest.find(|c| *c == '}'),
            ('\\', _) => rest.next(),
            _ => None,
        };
    }
    count
}

/// An escaped text without the newline at its end. After two backslashes, the n is a letter.
fn without_newline(text: &str) -> &str {
    match text.strip_suffix("\\n") {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => text,
    }
}

/// Whether a character controls the terminal, or makes it show a line otherwise than it was
/// written: control characters (a tab aside), the separators of lines and paragraphs, characters
/// that change the direction of writing, the invisible soft hyphen and tags.
pub fn is_unsafe_to_print(c: char) -> bool {
    let is_format = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}'
    );
    is_format || c.is_control() && c != '\t'
}

/// Bytes as printable text: what is no character, or unsafe to print, is escaped.
pub fn escape_unprintable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\t' || is_unsafe_to_print(c) {
                text.extend(c.escape_default());
            } else {
                text.push(c);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The same, cut where it is too long to read.
pub fn excerpt(bytes: &[u8]) -> String {
    const LIMIT: usize = 120;
    let text = escape_unprintable(&bytes[..bytes.len().min(4 * LIMIT)]);
    if text.chars().count() <= LIMIT && bytes.len() <= 4 * LIMIT {
        return text;
    }
    let start: String = text.chars().take(LIMIT).collect();
    format!("{start}…")
}

/// A time in whole milliseconds, at least one.
pub fn milliseconds(time: Duration) -> String {
    format!("{} ms", time.as_millis().max(1))
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

/// Splits a text into lines of at most `width` characters, between words.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width
        });
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_string()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_counts_as_the_character_it_stands_for() {
        let text = escaped(&[b"\0\r\n\\".repeat(25), "é\u{ad}".repeat(10).into_bytes()].concat());
        assert!(
            quoted_whole(&text).ends_with("(120 characters)"),
            "{}",
            quoted_whole(&text)
        );
    }
}
