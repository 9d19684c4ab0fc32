//! What went wrong, in types, and what it means, in words.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

use crate::model::advice::Advice;
use crate::model::contract::{Expected, Pattern};
use crate::model::matching::End;
use crate::text::quoted;

/// What we saw instead of what was expected.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The program ended.
    Exited(ExitStatus),
    /// It ended with an error before anybody could connect.
    NeverStarted(ExitStatus),
    /// Nobody ever listened at this address.
    NeverListened {
        address: SocketAddr,
        after: Duration,
        elsewhere: Option<SocketAddr>,
    },
    /// The server was there, and a later client could not connect.
    Refused,
    /// The server closed the connection.
    Closed(End),
    /// The server said nothing.
    Silent {
        expected: Vec<Expected>,
        patience: Duration,
    },
    /// The server should have closed the connection, and did not for this long.
    StaysOpen(Duration),
    /// The server said something else.
    Wrong { expected: Expected, got: Vec<u8> },
    /// The server said something before, or instead of, what was expected.
    Extra(Vec<u8>),
    /// Something else that a scene found: what was seen, and what it means.
    Found { seen: String, advice: Advice },
}

impl Verdict {
    /// What the client saw, as the end of a sentence that its name begins. `shown` makes text of bytes.
    pub fn seen(&self, shown: &dyn Fn(&[u8]) -> String) -> String {
        match self {
            Verdict::Exited(status) | Verdict::NeverStarted(status) => {
                format!("sees the server exit ({status})")
            }
            Verdict::NeverListened { address, after, .. } => {
                format!(
                    "finds nothing at {address} for {:.0} s",
                    after.as_secs_f32()
                )
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
            Verdict::Wrong { got, .. } => format!("hears {}", quoted(&shown(got))),
            Verdict::Extra(extra) if extra == b"\n" => "also hears a newline".to_string(),
            Verdict::Extra(extra) => format!("also hears {}", quoted(&shown(extra))),
            Verdict::Found { seen, .. } => seen.clone(),
        }
    }

    /// What belongs under the headline.
    pub fn details(&self, shown: &dyn Fn(&[u8]) -> String) -> Vec<String> {
        match self {
            Verdict::Wrong {
                expected: Expected::Bytes(expected),
                got,
            } => differences(&shown(expected), &shown(got)),
            Verdict::Wrong { expected, .. } => {
                vec![format!("where {} was expected", described(expected, shown))]
            }
            Verdict::Silent { expected, .. } => expected
                .first()
                .map(|expected| format!("where {} was expected", described(expected, shown)))
                .into_iter()
                .collect(),
            Verdict::NeverListened {
                elsewhere: Some(other),
                ..
            } => {
                vec![format!("but something listens at {other}")]
            }
            _ => Vec::new(),
        }
    }

    /// What it means, and what to look at, where nothing more is known.
    pub fn explanation(&self) -> (&'static str, &'static str) {
        match self {
            Verdict::Exited(status) | Verdict::NeverStarted(status) if status.success() => (
                "your server came to its end: where main returns, the program ends, and all its threads with it.",
                "the end of main, and of the accept loop: it goes on for ever.",
            ),
            Verdict::Exited(_) => (
                "your server ended, though nothing that a client does may end it.",
                "what it printed last; `?`, `unwrap` and `expect` outside one client's own code.",
            ),
            Verdict::NeverStarted(_) => (
                "your program ended before anybody could connect.",
                "what it printed last: is something wrong with the command, or with the address that it was given?",
            ),
            Verdict::NeverListened {
                elsewhere: Some(_), ..
            } => (
                "your server listens somewhere else than it was told to.",
                "the call that binds: it must use the program's argument, host:port.",
            ),
            Verdict::NeverListened { .. } => (
                "your program runs, but does not listen where it was told to.",
                "the call that binds: does it use the program's argument, host:port?",
            ),
            Verdict::Refused => (
                "your server no longer listens.",
                "how long the listener lives: dropping it closes it.",
            ),
            Verdict::Closed(_) => (
                "your server closed a connection too early.",
                "how that client's loop can end: an error, perhaps one that concerns another client?",
            ),
            Verdict::Silent { .. } => (
                "your server did not say what was expected, and this check does not know why.",
                "what it waits in: who would have to do something for it to go on? If nobody, it has done what it knows: what does it write, and to whom?",
            ),
            Verdict::StaysOpen(_) => (
                "your server keeps a connection whose client has finished.",
                "what happens after the read that returns 0: every handle must be dropped or shut down.",
            ),
            Verdict::Wrong {
                expected: Expected::Bytes(expected),
                got,
            } if expected.starts_with(got) => (
                "by then your server has said only the beginning of what was expected, and this check does not know why.",
                "the end of it: is something left out there, or does it only come late? With --patience 10, check waits longer.",
            ),
            Verdict::Wrong { .. } => (
                "your server says something else than what was expected.",
                "the two texts above: where do they differ first, and where does your server write that?",
            ),
            Verdict::Extra(_) => (
                "your server says something that was not expected then.",
                "where your server writes this: what led to it, and who should get it?",
            ),
            Verdict::Found { advice, .. } => (advice.means, advice.look_at),
        }
    }
}

/// What was expected, in words.
pub fn described(expected: &Expected, shown: &dyn Fn(&[u8]) -> String) -> String {
    match expected {
        Expected::Bytes(bytes) => quoted(&shown(bytes)),
        Expected::Matches(Pattern::Refusal | Pattern::LoginRefusal) => {
            "one line that says why not".to_string()
        }
        Expected::Matches(Pattern::Help) => "a line for each command".to_string(),
        Expected::Matches(Pattern::Time) => {
            "the time in UTC, such as \"2026-11-22 14:05:09 UTC\"".to_string()
        }
        Expected::Matches(Pattern::Anything) => "anything".to_string(),
        Expected::End { .. } => "the end of the connection".to_string(),
    }
}

/// Where two texts look alike, it has to be seen what differs: the newline, or what is too far behind.
fn differences(expected: &str, got: &str) -> Vec<String> {
    if quoted(expected) != quoted(got) {
        return vec![format!("where {} was expected", quoted(expected))];
    }
    let expected_there = around_difference(expected, expected, got);
    let mut details = vec![format!("where \"{expected_there}\" was expected")];
    if expected_there != expected {
        details.push(format!(
            "and \"{}\" came",
            around_difference(got, expected, got)
        ));
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
