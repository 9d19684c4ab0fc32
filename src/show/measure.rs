//! Text in a picture: its width, and its line breaks.

use std::time::Duration;

/// The height of a line.
pub const LINE: usize = 21;

/// The approximate width of a text in pixels, in a wide font of 17 pixels.
pub fn width(text: &str) -> usize {
    let letter = |c: char| match c {
        'i' | 'l' | 'j' | '|' | '!' | '.' | ',' | ':' | ';' | '\'' | '·' => 5,
        'f' | 't' | 'r' | '(' | ')' | ' ' | '/' | '-' | '"' => 7,
        'm' | 'w' | 'M' | 'W' | '@' => 15,
        'A'..='Z' => 12,
        _ => 10,
    };
    text.chars().map(letter).sum()
}

/// Wraps text to lines of at most this many pixels; a longer word is cut.
pub fn wrapped(text: &str, limit: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let fits = lines
            .last_mut()
            .filter(|line| line.is_empty() || width(line) + width(" ") + width(word) <= limit);
        match fits {
            Some(line) if line.is_empty() => line.push_str(&cut(word, limit)),
            Some(line) => line.extend([" ", word]),
            None => lines.push(cut(word, limit)),
        }
    }
    lines
}

fn cut(word: &str, limit: usize) -> String {
    let mut kept = word.to_string();
    while width(&kept) > limit && kept.pop().is_some() {}
    if kept.len() == word.len() {
        return kept;
    }
    kept.pop();
    kept + "…"
}

/// A time since the beginning: `60 ms`, `2.1 s`.
pub fn time(at: Duration) -> String {
    if at < Duration::from_millis(95) {
        format!("{} ms", at.as_millis())
    } else {
        format!("{:.1} s", at.as_secs_f32())
    }
}

/// Escapes text for XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
