//! A part of a scene that failed: what we did and saw, and the signs that give its cause away.

use std::net::SocketAddr;

use crate::cause::Cause;
use crate::stage::quoted;
use crate::verdict::Verdict;

/// Whether a scene, or a part of it, went as it should.
pub type Outcome = Result<(), Box<Failure>>;

/// So that a scene reads as what should happen, and what is wrong where it does not.
pub trait Explain {
    /// Adds the mistake that is behind a failure.
    fn because(self, cause: Cause) -> Self;

    /// Adds the mistake if what we saw is a sign of it.
    fn because_if(self, is_sign: impl FnOnce(&Failure) -> bool, cause: Cause) -> Self;
}

impl Explain for Outcome {
    fn because(self, cause: Cause) -> Outcome {
        self.map_err(|failure| failure.because(cause))
    }

    fn because_if(self, is_sign: impl FnOnce(&Failure) -> bool, cause: Cause) -> Outcome {
        self.map_err(|failure| failure.because_if(is_sign, cause))
    }
}

/// A part of a scene that did not go as it should.
#[derive(Debug)]
pub struct Failure {
    pub verdict: Verdict,
    /// What we did: `bob says "yo"`.
    pub did: String,
    /// Who saw it, if that is somebody else than who did it.
    pub hearer: Option<&'static str>,
    /// What a further try showed.
    pub showed: Vec<String>,
    /// The mistake behind it, if the scene or its probe knows.
    pub cause: Option<Cause>,
    /// Who had which address.
    pub addresses: Vec<(&'static str, SocketAddr)>,
    /// The end of what the server wrote to its standard error, and to its standard output.
    pub complained: String,
    pub printed: String,
}

impl Failure {
    /// Adds the mistake that a probe has found, and what it showed.
    pub fn shows(mut self: Box<Self>, showed: impl Into<String>, cause: Cause) -> Box<Self> {
        self.showed.push(showed.into());
        self.because(cause)
    }

    /// Adds the mistake that is behind it, where nothing else is known of it.
    pub fn because(mut self: Box<Self>, cause: Cause) -> Box<Self> {
        self.cause.get_or_insert(cause);
        self
    }

    /// Adds the mistake if what we saw is a sign of it, and nothing else is known of it.
    pub fn because_if(
        self: Box<Self>,
        is_sign: impl FnOnce(&Failure) -> bool,
        cause: Cause,
    ) -> Box<Self> {
        if is_sign(&self) {
            self.because(cause)
        } else {
            self
        }
    }

    /// Says what we did in other words: of several steps, it may be any that failed.
    pub fn in_words(mut self: Box<Self>, did: &str) -> Box<Self> {
        self.did = did.to_string();
        self
    }

    /// The same, where whoever came last is the one who sees it.
    pub fn after(mut self: Box<Self>, did: &str) -> Box<Self> {
        self.hearer = None;
        self.in_words(did)
    }

    /// Whether the server is there, and says nothing.
    pub fn is_silence(&self) -> bool {
        matches!(self.verdict, Verdict::Silent(_))
    }

    /// Whether the server keeps a connection that is over.
    pub fn is_left_open(&self) -> bool {
        matches!(self.verdict, Verdict::StaysOpen(_))
    }

    /// Whether the server has closed the connection, or has ended.
    pub fn is_closed(&self) -> bool {
        matches!(self.verdict, Verdict::Closed) || self.is_reset() || self.is_exit()
    }

    /// Whether the server has closed the connection, and thrown away what the client had sent.
    pub fn is_reset(&self) -> bool {
        matches!(self.verdict, Verdict::ConnectionReset)
    }

    /// Whether the program came to its end as if its work were done.
    pub fn is_success(&self) -> bool {
        matches!(self.verdict, Verdict::Exited(status) if status.success())
    }

    /// Whether the program ended.
    pub fn is_exit(&self) -> bool {
        matches!(self.verdict, Verdict::Exited(_))
    }

    /// Whether something else came than what was due.
    pub fn is_other_text(&self) -> bool {
        self.text().is_some()
    }

    /// Whether somebody heard what was not for them.
    pub fn is_extra(&self) -> bool {
        matches!(self.verdict, Verdict::ExtraBytes(_))
    }

    /// Whether somebody else than who spoke heard what was not for them.
    pub fn is_overheard(&self) -> bool {
        self.hearer.is_some() && self.is_extra()
    }

    /// Whether everybody is told instead what somebody said.
    pub fn is_told_to_all(&self) -> bool {
        !self.is_extra() && self.has(" says: ")
    }

    /// Whether this is in what came.
    pub fn has(&self, part: &str) -> bool {
        self.text().is_some_and(|text| text.contains(part))
    }

    /// Whether this is what came instead of what was due.
    pub fn got(&self, text: &str) -> bool {
        matches!(&self.verdict, Verdict::WrongBytes { got, .. } if got == text)
    }

    /// What came.
    fn text(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::WrongBytes { got: text, .. }
            | Verdict::WrongKind { got: text, .. }
            | Verdict::ExtraBytes(text) => Some(text),
            _ => None,
        }
    }

    /// What we did, and what we saw.
    pub fn headline(&self) -> String {
        let seen = self.verdict.seen();
        match self.hearer {
            Some(hearer) if self.did.is_empty() => format!("{hearer} {seen}"),
            Some(hearer) => format!("{}, and {hearer} {seen}", self.did),
            None => format!("{} and {seen}", self.did),
        }
    }

    /// What belongs under the headline.
    pub fn details(&self) -> Vec<String> {
        let mut details = Vec::new();
        match &self.verdict {
            // Where they look alike, it has to be seen what differs: the newline, or what is too far behind.
            Verdict::WrongBytes { due, got } if quoted(due) == quoted(got) => {
                let due_there = around_difference(due, due, got);
                details.push(format!("where \"{due_there}\" was due"));
                if due_there != *due {
                    let got_there = around_difference(got, due, got);
                    details.push(format!("and \"{got_there}\" came"));
                }
            }
            Verdict::WrongBytes { due, .. } => {
                details.push(format!("where {} was due", quoted(due)));
            }
            Verdict::WrongKind { due, .. } => details.push(format!("where {due} was due")),
            _ => {}
        }
        let text = [self.headline(), details.join("")].concat();
        for (name, address) in &self.addresses {
            if text.contains(&format!("{{{name}}}")) {
                details.push(format!("{{{name}}} is {address}"));
            }
        }
        details.extend(self.showed.iter().cloned());
        details
    }

    /// What it means, and what to look at.
    pub fn explanation(&self) -> (String, String) {
        let cause = self.cause.or_else(|| self.guess());
        let (means, look_at) = match cause {
            Some(cause) => cause.explanation(),
            None => self.verdict.explanation(),
        };
        let panicked = self.complained.contains("panicked at");
        let look_at = match self.verdict {
            Verdict::Exited(_) => look_at.to_string(),
            // What ends the whole program is told as its end; this has ended one thread.
            _ if panicked => {
                format!("the panic above, first: it has ended a thread. Then {look_at}")
            }
            _ => look_at.to_string(),
        };
        (means.to_string(), look_at)
    }

    /// The mistake that the bytes alone give away.
    fn guess(&self) -> Option<Cause> {
        let (due, got) = match &self.verdict {
            Verdict::WrongBytes { due, got } => (due.as_str(), got.as_str()),
            Verdict::ExtraBytes(extra) => (" says: ", extra.as_str()),
            _ => return None,
        };
        let without_newline = due.strip_suffix("\\n").unwrap_or(due);
        if got == without_newline || got == format!("{without_newline}\\\\n") {
            Some(Cause::NoNewline)
        } else if got.eq_ignore_ascii_case(due) {
            Some(Cause::OtherCase)
        } else if got.ends_with(" joined the chat.\\n") && due.contains(" says: ") {
            Some(Cause::OwnJoin)
        } else if got.ends_with(" left the chat.\\n") && due.contains(" says: ") {
            Some(Cause::OwnLeft)
        } else if got == "\\n" {
            Some(Cause::NewlineTwice)
        } else if got.contains("\\u{0}") {
            Some(Cause::WholeBuffer)
        } else if got.contains(" says: \\n") {
            Some(Cause::EndAsMessage)
        } else if says_as_another(due, got) {
            Some(Cause::WrongWho)
        } else {
            None
        }
    }
}

/// Whether the words are right, and who says them is not.
fn says_as_another(due: &str, got: &str) -> bool {
    let words = |text: &str| text.find(" says: ").map(|at| text[at..].to_string());
    words(due).is_some_and(|due| words(got).is_some_and(|got| got == due))
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
