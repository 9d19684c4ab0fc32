//! Compares what a client has heard with what it was to hear, byte by byte.

use std::io::BufRead;
use std::iter;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::contract::{Expected, Pattern, commands_of};

/// How a client's connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    InOrder,
    /// What was in transit may be lost.
    Reset,
}

/// How far what was heard is what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// All of it, in so many bytes.
    Met(usize),
    /// Nothing is wrong so far, and more is to come.
    Waits { item: usize, at: usize },
    /// Something else was heard, from this byte on, than this item.
    Differs { item: usize, at: usize },
}

/// What may still go on when all else was heard: lines in the server's own words, until the next
/// one that is expected.
pub fn unbounded_tail(expected: &[Expected]) -> Vec<Expected> {
    let last = expected.last().filter(|last| {
        matches!(
            last,
            Expected::Matches(Pattern::Help { .. } | Pattern::Anything)
        )
    });
    last.cloned().into_iter().collect()
}

/// `is_foreign` says which lines are no part of the session, and may come at any time.
pub fn compare(
    expected: &[Expected],
    heard: &[u8],
    end: Option<End>,
    is_foreign: &dyn Fn(&[u8]) -> bool,
) -> Compared {
    let mut at = 0;
    for (item, what) in expected.iter().enumerate() {
        loop {
            let next = expected.get(item + 1);
            match compare_one(what, next, &heard[at..], end) {
                ItemMatch::Met(length) => at += length,
                ItemMatch::Waits => return Compared::Waits { item, at },
                ItemMatch::Differs => {
                    let line = first_line(&heard[at..]);
                    if line.ends_with(b"\n") && is_foreign(line) {
                        at += line.len();
                        continue;
                    }
                    return Compared::Differs { item, at };
                }
            }
            break;
        }
    }
    while let Some(line) =
        Some(first_line(&heard[at..])).filter(|line| line.ends_with(b"\n") && is_foreign(line))
    {
        at += line.len();
    }
    Compared::Met(at)
}

enum ItemMatch {
    Met(usize),
    Waits,
    Differs,
}

fn compare_one(
    expected: &Expected,
    next: Option<&Expected>,
    rest: &[u8],
    end: Option<End>,
) -> ItemMatch {
    let waits = if end.is_some() {
        ItemMatch::Differs
    } else {
        ItemMatch::Waits
    };
    match expected {
        Expected::Bytes(bytes) if rest.starts_with(bytes) => ItemMatch::Met(bytes.len()),
        Expected::Bytes(bytes) if bytes.starts_with(rest) => waits,
        Expected::Bytes(_) => ItemMatch::Differs,
        Expected::Matches(words @ (Pattern::Refusal | Pattern::LoginRefusal | Pattern::Time)) => {
            let line = first_line(rest);
            match line.strip_suffix(b"\n") {
                Some(line) if fits(*words, line) => ItemMatch::Met(line.len() + 1),
                Some(_) => ItemMatch::Differs,
                None => waits,
            }
        }
        // Only what comes after them shows how many lines it is.
        Expected::Matches(_) if next.is_none() => ItemMatch::Met(0),
        Expected::Matches(words) => match own_lines(rest, next) {
            Some(lines) if fits(*words, lines) => ItemMatch::Met(lines.len()),
            Some(_) => ItemMatch::Differs,
            None => waits,
        },
        Expected::End { in_order } => match end {
            _ if !rest.is_empty() => ItemMatch::Differs,
            Some(End::Reset) if *in_order => ItemMatch::Differs,
            Some(_) => ItemMatch::Met(0),
            None => ItemMatch::Waits,
        },
    }
}

/// All whole lines up to the one that is expected next.
fn own_lines<'b>(rest: &'b [u8], next: Option<&Expected>) -> Option<&'b [u8]> {
    let Some(Expected::Bytes(next)) = next else {
        return Some(rest);
    };
    let mut at = 0;
    while !rest[at..].starts_with(next) {
        let line = first_line(&rest[at..]);
        if !line.ends_with(b"\n") {
            return None;
        }
        at += line.len();
    }
    Some(&rest[..at])
}

/// Whether the server's own words are such as they should be.
fn fits(words: Pattern, text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    match words {
        Pattern::Anything => true,
        Pattern::Help { step } => names_all(commands_of(step), &text),
        Pattern::Time => is_now(&text),
        Pattern::LoginRefusal if text.starts_with("Welcome") => false,
        Pattern::Refusal | Pattern::LoginRefusal => {
            let announcements = [
                " says: ",
                " is now ",
                " joined the chat.",
                " left the chat.",
                "Unknown command",
            ];
            !text.trim().is_empty() && !announcements.iter().any(|part| text.contains(part))
        }
    }
}

/// Each command has a line of its own, in which it is a word.
fn names_all(commands: &[&str], help: &str) -> bool {
    let names = |line: &str| {
        let words = line.split(|c: char| !(c == '/' || c.is_ascii_alphabetic()));
        words
            .filter(|word| commands.contains(word))
            .map(str::to_string)
            .next()
    };
    let mut all: Vec<String> = help.lines().filter_map(names).collect();
    all.sort();
    all.dedup();
    all.len() == commands.len()
}

/// `2026-11-22 14:05:09 UTC`, within a minute of this machine's clock.
fn is_now(text: &str) -> bool {
    const TOLERANCE: u64 = 60;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    seconds_since_1970(text).is_some_and(|time| time.abs_diff(now) <= TOLERANCE)
}

fn seconds_since_1970(text: &str) -> Option<u64> {
    let digits_aside = text.replace(|c: char| c.is_ascii_digit(), "0");
    if digits_aside != "0000-00-00 00:00:00 UTC" {
        return None;
    }
    let part = |from: usize, to: usize| text[from..to].parse::<u64>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    if year < 1970 || !(1..=12).contains(&month) {
        return None;
    }
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let days_in = |year: u64, month: u64| match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let years: u64 = (1970..year)
        .map(|year| 365 + u64::from(is_leap(year)))
        .sum();
    let months: u64 = (1..month).map(|month| days_in(year, month)).sum();
    Some((((years + months + day.checked_sub(1)?) * 24 + hour) * 60 + minute) * 60 + second)
}

/// The first line, with its newline, or as much of it as there is.
pub fn first_line(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    let length = rest.skip_until(b'\n').unwrap_or(bytes.len());
    &bytes[..length]
}

/// All lines, the last of which may be unfinished.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    iter::from_fn(move || {
        let line = first_line(rest);
        rest = &rest[line.len()..];
        (!line.is_empty()).then_some(line)
    })
}

/// Whether a chat announces with this line that a client has joined or left.
pub fn is_notice(line: &[u8]) -> bool {
    line.ends_with(b" joined the chat.\n") || line.ends_with(b" left the chat.\n")
}

/// Whether these bytes have that part.
pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    let mut windows = bytes.windows(part.len().max(1));
    windows.any(|window| window == part)
}
