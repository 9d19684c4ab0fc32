//! What is told only where somebody looks on: what should have been heard instead, and what the server's threads wait in.

use std::time::{Duration, Instant};

use crate::model::contract::ClientId;
use crate::os::sockets::Socket;
use crate::os::threads::{self, Call, ThreadState};
use crate::runner::events::EventKind;
use crate::runner::harness::{GLANCE, Harness};

/// We look this often at what the server's threads wait in.
const LOOK: Duration = Duration::from_millis(20);
/// It may take longer until the same was seen twice.
const SETTLED: Duration = Duration::from_millis(400);
/// Looking may take one part in so many of the time, where much is said. Elsewhere, there is nothing else to do.
const SHARE: u32 = 10;
/// How long nothing is done between two turns: enough to look twice.
const REST: Duration = Duration::from_millis(60);
/// How long a server may take to say where it listens.
const FIRST_WORDS: Duration = Duration::from_millis(500);

/// What everybody is to hear in a turn.
#[derive(Default)]
pub struct Expects {
    /// The lines for each client, as they are shown, in their order.
    pub lines: Vec<Vec<String>>,
    /// In whose lines the server's own words stand, so that any line may be right.
    pub own_words: Vec<ClientId>,
    /// Lines that may come, or may not.
    pub optional: Vec<String>,
    /// Whatever is heard in this turn is wrong for a reason that only the scene knows.
    pub instead: Option<&'static str>,
    /// What is done now only sets the stage.
    pub sets_stage: bool,
    pub is_on: bool,
}

impl Expects {
    /// What should have been heard instead of this line, if it is wrong.
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

/// What was seen of the server's threads.
#[derive(Default)]
pub struct ThreadSampler {
    pub is_on: bool,
    next_at: Option<Instant>,
    known: Vec<Socket>,
    last: Vec<(u32, ThreadState)>,
    told: Vec<(u32, ThreadState)>,
}

impl Harness<'_> {
    /// From now on, somebody looks on.
    pub fn record_for_display(&mut self) {
        self.is_shown = true;
        self.expects.is_on = true;
        self.looks.is_on = !self.server.is_shared() && self.twin.is_none();
    }

    /// A moment in which nothing is done, so that one thing is seen after the other.
    pub fn pause(&mut self) {
        if !self.is_shown || self.in_bulk {
            return;
        }
        self.wait_until(Instant::now() + REST);
        if self.looks.is_on {
            let settled = |stage: &Self| stage.looks.last == stage.looks.told;
            self.wait_for(Instant::now() + SETTLED, settled);
        }
    }

    /// Before the first client comes, the server says that it listens.
    pub fn wait_for_first_words(&mut self) {
        if self.is_shown && !self.server.is_shared() {
            let deadline = Instant::now() + FIRST_WORDS;
            self.wait_for(deadline, |stage| !stage.output.stdout.is_empty());
            self.pause();
        }
    }

    /// How long we wait for a report before something else is done.
    pub(super) fn poll_interval(&self) -> Duration {
        if self.looks.is_on { LOOK } else { GLANCE }
    }

    /// Looks what the server's threads wait in. It is told if it is the same twice: then they do wait.
    pub(super) fn sample_threads(&mut self) {
        let begun = Instant::now();
        if !self.looks.is_on || self.looks.next_at.is_some_and(|next| begun < next) {
            return;
        }
        let addresses = self.addresses();
        let name_of = |port| {
            let client = addresses.iter().find(|(_, address)| address.port() == port);
            client.map(|(who, _)| self.names[*who].to_string())
        };
        let (processes, known) = (self.server.processes(), &mut self.looks.known);
        let threads = threads::numbered(&processes, known, name_of).unwrap_or_default();
        let wait = |(_, thread): &(u32, ThreadState)| thread.call != Call::Running;
        if threads == self.looks.last && threads != self.looks.told && threads.iter().all(wait) {
            self.looks.told.clone_from(&threads);
            self.record(Instant::now(), None, EventKind::Waits(threads.clone()));
        }
        self.looks.last = threads;
        let share = if self.in_bulk { SHARE } else { 2 };
        self.looks.next_at = Some(begun + LOOK.max(begun.elapsed() * share));
    }
}
