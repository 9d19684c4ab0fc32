//! The server's lane: which call each of its threads is in, in a few words, as it was seen while the scene played.

use std::collections::HashMap;

use crate::runner::events::{Call, Role, ThreadState};

/// More threads than this that do the same for different clients are only counted.
const MANY: usize = 2;

/// What threads do, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadSummary {
    pub text: String,
    /// How many threads do the same.
    pub count: usize,
    pub state: State,
}

/// Whether somebody waits for what the thread waits in.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It waits for work.
    Free,
    /// It reads from this client, and cannot do anything for others meanwhile.
    Reads(String),
    /// It writes to a client that does not read, or waits for a thread that does.
    Blocked,
}

/// Knows the threads again: who was read by one, whose thread it is.
#[derive(Default)]
pub struct Lane {
    owners: HashMap<u32, String>,
}

impl Lane {
    /// What these threads wait in; the blocked ones first.
    pub fn words(&mut self, threads: &[(u32, ThreadState)]) -> Vec<ThreadSummary> {
        for (number, thread) in threads {
            if let (Call::Read(Some(client)), Role::Thread) = (&thread.call, thread.role) {
                self.owners.insert(*number, client.clone());
            }
        }
        let somebody_writes = threads
            .iter()
            .any(|(_, thread)| matches!(thread.call, Call::Write(_)));
        let mut all: Vec<ThreadSummary> = Vec::new();
        for (number, thread) in threads {
            let words = self.of_thread(*number, thread, somebody_writes);
            let same = all.iter_mut().find(|other| other.text == words.text);
            match same {
                Some(other) => other.count += 1,
                None => all.push(words),
            }
        }
        all.sort_by_key(|words| words.state != State::Blocked);
        all
    }

    fn of_thread(&self, number: u32, thread: &ThreadState, somebody_writes: bool) -> ThreadSummary {
        let whose = match (&thread.name, self.owners.get(&number)) {
            (Some(name), _) => format!("{name}: "),
            (None, Some(owner)) => format!("{owner}'s thread: "),
            (None, None) => String::new(),
        };
        let (text, state) = match (&thread.call, thread.role) {
            (Call::Read(Some(client)), Role::Thread) => (format!("read({client})"), State::Free),
            (Call::Read(Some(client)), _) => {
                (format!("read({client})"), State::Reads(client.clone()))
            }
            (Call::Write(Some(client)), _) => (format!("{whose}write({client})"), State::Blocked),
            (Call::LockOrCondition, _) if somebody_writes => {
                (format!("{whose}lock (or condvar)"), State::Blocked)
            }
            (call, _) => (format!("{whose}{}", in_short(call)), State::Free),
        };
        ThreadSummary {
            text,
            count: 1,
            state,
        }
    }
}

/// Those that are not blocked, in one text: of many that read, only how many they are.
pub fn in_one(free: &[&ThreadSummary]) -> Option<String> {
    let (reads, others): (Vec<&ThreadSummary>, Vec<&ThreadSummary>) = free
        .iter()
        .partition(|words| words.text.starts_with("read("));
    let mut parts: Vec<String> = others.iter().map(|words| words.in_all()).collect();
    if reads.len() > MANY {
        parts.push(format!("{} × read", reads.len()));
    } else {
        parts.extend(reads.iter().map(|words| words.in_all()));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

impl ThreadSummary {
    /// `read(alice)`, `2 × poll`.
    pub fn in_all(&self) -> String {
        match self.count {
            1 => self.text.clone(),
            count => format!("{count} × {}", self.text),
        }
    }
}

fn in_short(call: &Call) -> &'static str {
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
