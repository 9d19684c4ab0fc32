//! A verdict in words: what was seen, and what belongs under it.

use crate::model::contract::Expected;
use crate::model::matching::End;
use crate::model::session::NAMES;
use crate::model::verdict::{Verdict, description};
use crate::text::quoted;

/// Makes text of bytes.
pub type Shown<'s> = &'s dyn Fn(&[u8]) -> String;

/// What the client saw, as the end of a sentence that its name begins.
pub fn seen(verdict: &Verdict, shown: Shown) -> String {
    match verdict {
        Verdict::Exited(status) | Verdict::NeverStarted(status) => {
            format!("sees the server exit ({status})")
        }
        Verdict::NeverListened { address, after, .. } => {
            let seconds = after.as_secs_f32();
            format!("finds nothing at {address} for {seconds:.0} s")
        }
        Verdict::Refused => "is refused".to_string(),
        Verdict::Closed(End::InOrder) => "is disconnected".to_string(),
        Verdict::Closed(End::Reset) => "is disconnected by a reset".to_string(),
        Verdict::Silent { patience, .. } => {
            format!("hears nothing for {} s", patience.as_secs_f32())
        }
        Verdict::StaysOpen(patience) => {
            format!("is still connected after {} s", patience.as_secs_f32())
        }
        Verdict::Wrong { got: line, .. } | Verdict::Torn(line) => {
            format!("hears {}", quoted(&shown(line)))
        }
        Verdict::Extra(extra) if extra == b"\n" => "also hears a newline".to_string(),
        Verdict::Extra(extra) => format!("also hears {}", quoted(&shown(extra))),
        Verdict::Reordered { than, .. } => {
            format!("hears the same lines as {} in another order", NAMES[*than])
        }
        Verdict::Found { seen, .. } => seen.clone(),
    }
}

/// What belongs under the headline.
pub fn details(verdict: &Verdict, shown: Shown) -> Vec<String> {
    match verdict {
        Verdict::Wrong {
            expected: Expected::Bytes(expected),
            got,
        } => differences(&shown(expected), &shown(got)),
        Verdict::Wrong { expected, .. } => vec![was_expected(expected, shown)],
        Verdict::Silent { expected, .. } => {
            let missing = expected.first();
            missing
                .map(|missing| was_expected(missing, shown))
                .into_iter()
                .collect()
        }
        Verdict::NeverListened {
            elsewhere: Some(other),
            ..
        } => vec![format!("but something listens at {other}")],
        _ => Vec::new(),
    }
}

fn was_expected(expected: &Expected, shown: Shown) -> String {
    let expected = match expected {
        Expected::Bytes(bytes) => quoted(&shown(bytes)),
        own_words => description(own_words).unwrap_or_default().to_string(),
    };
    format!("where {expected} was expected")
}

/// Where two texts look alike when they are quoted, shows what differs: the newline, or something
/// behind the cut.
fn differences(expected: &str, got: &str) -> Vec<String> {
    if quoted(expected) != quoted(got) {
        return vec![format!("where {} was expected", quoted(expected))];
    }
    let expected_there = around_difference(expected, expected, got);
    let mut details = vec![format!("where \"{expected_there}\" was expected")];
    if expected_there != expected {
        let got_there = around_difference(got, expected, got);
        details.push(format!("and \"{got_there}\" came"));
    }
    details
}

/// A text from shortly before the place where two texts differ.
fn around_difference(text: &str, one: &str, other: &str) -> String {
    const BEFORE: usize = 30;
    const LENGTH: usize = 60;
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let skipped = same.count().saturating_sub(BEFORE);
    let part: String = text.chars().skip(skipped).take(LENGTH).collect();
    let mark = |cut: bool| if cut { "…" } else { "" };
    let is_cut = text.chars().count() > skipped + LENGTH;
    format!("{}{part}{}", mark(skipped > 0), mark(is_cut))
}
