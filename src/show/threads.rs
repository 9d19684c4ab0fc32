//! The states of the server's threads, in a few words.

use std::collections::HashMap;

use crate::runner::events::{Call, Role, ThreadState};

/// Up to this many reading threads are named; more are counted.
const MANY: usize = 2;

/// Threads in the same state.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadSummary {
    text: String,
    count: usize,
    pub state: State,
}

/// Whether a client waits for this thread.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It waits for other threads, and serves no known client.
    Idle,
    /// It waits for work.
    Free,
    /// It reads from its own client.
    Serves,
    /// It reads from this client, and cannot serve others meanwhile.
    Reads(String),
    /// It writes to a client that does not read, or waits for such a thread.
    Blocked,
}

/// A line of the server's column.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadLine {
    pub text: String,
    pub is_blocked: bool,
}

/// Tracks threads: one that has read from a client belongs to that client.
#[derive(Default)]
pub struct ThreadTracker {
    owners: HashMap<u32, String>,
}

impl ThreadTracker {
    /// Summarises these threads, the blocked ones first.
    pub fn summarize(&mut self, threads: &[(u32, ThreadState)]) -> Vec<ThreadSummary> {
        for (number, thread) in threads {
            if let (Call::Read(Some(client)), Role::Thread) = (&thread.call, thread.role) {
                self.owners.insert(*number, client.clone());
            }
        }
        let is_write = |(_, thread): &(u32, ThreadState)| matches!(thread.call, Call::Write(_));
        let any_writes = threads.iter().any(is_write);
        let mut all: Vec<ThreadSummary> = Vec::new();
        for (number, thread) in threads {
            let summary = self.summary(*number, thread, any_writes);
            match all.iter_mut().find(|other| other.text == summary.text) {
                Some(other) => other.count += 1,
                None => all.push(summary),
            }
        }
        all.sort_by_key(|summary| summary.state != State::Blocked);
        all
    }

    fn summary(&self, number: u32, thread: &ThreadState, any_writes: bool) -> ThreadSummary {
        let owner = self.owners.get(&number);
        let whose = match (&thread.name, owner) {
            (Some(name), _) => format!("{name}: "),
            (None, Some(owner)) => format!("{owner}'s thread: "),
            (None, None) => String::new(),
        };
        let (text, state) = match (&thread.call, thread.role) {
            (Call::Read(Some(client)), Role::Thread) => (format!("read({client})"), State::Serves),
            (Call::Read(Some(client)), _) => {
                (format!("read({client})"), State::Reads(client.clone()))
            }
            (Call::Write(Some(client)), _) => (format!("{whose}write({client})"), State::Blocked),
            (Call::LockOrCondition, _) if any_writes => {
                (format!("{whose}lock (or condvar)"), State::Blocked)
            }
            (Call::OtherThread, Role::Thread) if owner.is_none() => {
                (format!("{whose}{}", short(&thread.call)), State::Idle)
            }
            (call, _) => (format!("{whose}{}", short(call)), State::Free),
        };
        let count = 1;
        ThreadSummary { text, count, state }
    }
}

impl ThreadSummary {
    /// Whether it holds up one of the waiting clients.
    pub fn is_blocked(&self, waiting: &[&str]) -> bool {
        self.state == State::Blocked || self.reads_instead_of(waiting)
    }

    /// Whether it reads from one client while another one waits.
    pub fn reads_instead_of(&self, waiting: &[&str]) -> bool {
        matches!(&self.state, State::Reads(client) if waiting.iter().any(|one| one != client))
    }

    /// Whether it can hold up a client.
    pub fn can_block(&self) -> bool {
        matches!(self.state, State::Reads(_) | State::Blocked)
    }

    /// `read(alice)`, `2 × poll`.
    fn counted(&self) -> String {
        match self.count {
            1 => self.text.clone(),
            count => format!("{count} × {}", self.text),
        }
    }
}

/// One line for each blocked thread, and one for all others.
pub fn lines<'s>(
    threads: impl IntoIterator<Item = &'s ThreadSummary>,
    waiting: &[&str],
) -> Vec<ThreadLine> {
    let threads = threads.into_iter();
    let (blocked, free): (Vec<_>, Vec<_>) = threads.partition(|one| one.is_blocked(waiting));
    let blocked = blocked.iter().map(|one| (one.counted(), true));
    let all = blocked.chain(list(&free).map(|text| (text, false)));
    all.map(|(text, is_blocked)| ThreadLine { text, is_blocked })
        .collect()
}

/// `accept, read(alice)`; many reading threads are only counted.
fn list(threads: &[&ThreadSummary]) -> Option<String> {
    let is_read = |one: &&&ThreadSummary| matches!(one.state, State::Serves | State::Reads(_));
    let (reads, others): (Vec<&ThreadSummary>, Vec<&ThreadSummary>) =
        threads.iter().partition(is_read);
    let mut parts: Vec<String> = others.iter().map(|one| one.counted()).collect();
    if reads.len() > MANY {
        parts.push(format!("{} × read", reads.len()));
    } else {
        parts.extend(reads.iter().map(|one| one.counted()));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn short(call: &Call) -> &'static str {
    match call {
        Call::Accept => "accept",
        Call::Connect => "connect",
        Call::Read(_) => "read",
        Call::Write(_) => "write",
        Call::Poll | Call::PollClients(_) => "poll",
        Call::LockOrCondition => "lock or condvar",
        Call::Join => "join",
        Call::OtherThread => "wait for others",
        Call::OtherProcess => "waits for a process",
        Call::Sleep => "sleep",
        Call::Running => "runs",
    }
}
