//! Extra recording for a display: expected lines and thread states.

use std::time::{Duration, Instant};

use crate::model::contract::ClientId;
use crate::os::sockets::Socket;
use crate::os::threads::{self, Call, ThreadState};
use crate::runner::patience::{SAMPLE, STATUS};

/// Sampling may take one part in this many of the time while much is sent. Otherwise there is
/// nothing else to do.
const SHARE: u32 = 10;

/// What a display of a session needs, if there is one.
#[derive(Default)]
pub struct Display {
    /// Turns are waited for even if no reply is required.
    pub is_on: bool,
    /// Too much is sent and received now to be shown.
    pub is_muted: bool,
    /// The current turn is only part of the setup.
    pub is_setup: bool,
    pub expects: Expects,
    pub sampler: ThreadSampler,
}

impl Display {
    pub fn shows_text(&self) -> bool {
        self.is_on && !self.is_muted
    }

    /// How long to wait for a report before sampling or showing the status.
    pub fn poll_interval(&self) -> Duration {
        if self.sampler.is_on { SAMPLE } else { STATUS }
    }
}

/// What each client should receive in a turn.
#[derive(Default)]
pub struct Expects {
    pub is_on: bool,
    /// The lines for each client, as they are shown, in order.
    pub lines: Vec<Vec<String>>,
    /// Clients that receive text in the server's own words, so that any line may be right.
    pub own_words: Vec<ClientId>,
    /// Lines that may come, or may not.
    pub optional: Vec<String>,
    /// Every line of this turn is wrong, for a reason that only the scene knows.
    pub instead: Option<&'static str>,
}

impl Expects {
    /// What was expected instead of this line, if it is wrong.
    pub fn expected_instead_of(&mut self, who: ClientId, line: &str) -> Option<String> {
        if let Some(instead) = self.instead {
            return Some(instead.to_string());
        }
        let lines = self.lines.get_mut(who).filter(|_| self.is_on)?;
        if let Some(place) = lines.iter().position(|expected| expected == line) {
            lines.remove(place);
            return None;
        }
        if self.own_words.contains(&who) || self.optional.iter().any(|other| other == line) {
            return None;
        }
        Some(if lines.is_empty() {
            "nothing".to_string()
        } else {
            lines.remove(0)
        })
    }
}

/// The server's threads, each with its number.
type Threads = Vec<(u32, ThreadState)>;

/// Samples the calls that the server's threads are blocked in.
#[derive(Default)]
pub struct ThreadSampler {
    pub is_on: bool,
    next_at: Option<Instant>,
    known: Vec<Socket>,
    last: Threads,
    reported: Threads,
}

impl ThreadSampler {
    pub fn is_due(&self) -> bool {
        self.is_on && self.next_at.is_none_or(|next| next <= Instant::now())
    }

    /// Whether the last sample has been reported.
    pub fn is_settled(&self) -> bool {
        self.last == self.reported
    }

    /// Returns the threads' calls if they are new and the same in two samples: then the threads are
    /// blocked.
    pub fn sample(
        &mut self,
        processes: &[u32],
        name_of: impl Fn(u16) -> Option<String>,
        is_busy: bool,
    ) -> Option<Threads> {
        let begun = Instant::now();
        let threads = threads::numbered(processes, &mut self.known, name_of).unwrap_or_default();
        let waits = |(_, thread): &(u32, ThreadState)| thread.call != Call::Running;
        let is_news = threads == self.last && threads != self.reported;
        let settled = (is_news && threads.iter().all(waits)).then(|| threads.clone());
        if let Some(settled) = &settled {
            self.reported.clone_from(settled);
        }
        self.last = threads;
        let share = if is_busy { SHARE } else { 2 };
        self.next_at = Some(begun + SAMPLE.max(begun.elapsed() * share));
        settled
    }
}
