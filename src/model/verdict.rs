//! What went wrong, in types, and what it means where nothing more is known.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

use crate::model::advice::{Advice, Id};
use crate::model::contract::{ClientId, Expected, Pattern};
use crate::model::matching::End;

/// What we saw instead of what was expected.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The program ended.
    Exited(ExitStatus),
    /// It ended with an error before any client could connect.
    NeverStarted(ExitStatus),
    /// Nothing ever listened at this address.
    NeverListened {
        address: SocketAddr,
        after: Duration,
        elsewhere: Option<SocketAddr>,
    },
    /// The server was there, and a later client could not connect.
    Refused,
    /// The server closed the connection.
    Closed(End),
    /// The server sent nothing.
    Silent {
        expected: Vec<Expected>,
        patience: Duration,
    },
    /// The server should have closed the connection, and did not for this long.
    StaysOpen(Duration),
    /// The server sent something else.
    Wrong { expected: Expected, got: Vec<u8> },
    /// The server sent something before, or instead of, what was expected.
    Extra(Vec<u8>),
    /// All that was expected came, but this line is a mixture of others.
    Torn(Vec<u8>),
    /// All lines came, in another order than another client received them.
    Reordered { than: ClientId, servers: usize },
    /// Something else that a scene found: what was seen, and what it means.
    Found { seen: String, advice: Advice },
}

/// The first thing in a session that was not as expected.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// The number of the turn that led to it.
    pub turn: usize,
    /// The client that saw it, if it was one.
    pub client: Option<ClientId>,
    pub verdict: Verdict,
}

impl Verdict {
    /// Whether the whole program has ended.
    pub fn is_exit(&self) -> bool {
        matches!(self, Verdict::Exited(_) | Verdict::NeverStarted(_))
    }

    /// Whether the contract was what was compared with, so that a mistake may explain it.
    pub fn has_model(&self) -> bool {
        !matches!(
            self,
            Verdict::NeverListened { .. }
                | Verdict::NeverStarted(_)
                | Verdict::Torn(_)
                | Verdict::Reordered { .. }
                | Verdict::Found { .. }
        )
    }

    /// What it means, and what to look at, where nothing more is known.
    pub fn advice(&self) -> Advice {
        let (id, means, look_at): (Id, _, _) = match self {
            Verdict::Exited(status) | Verdict::NeverStarted(status) if status.success() => (
                "came-to-its-end",
                "your server came to its end: where main returns, the program ends, and all its \
                 threads with it.",
                "the end of main, and of the accept loop: it goes on for ever.",
            ),
            Verdict::Exited(_) => (
                "exited",
                "your server ended, though nothing that a client does may end it.",
                "what it printed last; `?`, `unwrap` and `expect` outside one client's own code.",
            ),
            Verdict::NeverStarted(_) => (
                "never-started",
                "your program ended before anybody could connect.",
                "what it printed last: is something wrong with the command, or with the address \
                 that it was given?",
            ),
            Verdict::NeverListened {
                elsewhere: Some(_), ..
            } => (
                "listens-elsewhere",
                "your server listens somewhere else than it was told to.",
                "the call that binds: it must use the program's argument, host:port.",
            ),
            Verdict::NeverListened { .. } => (
                "never-listened",
                "your program runs, but does not listen where it was told to.",
                "the call that binds: does it use the program's argument, host:port?",
            ),
            Verdict::Refused => (
                "no-longer-listens",
                "your server no longer listens.",
                "how long the listener lives: dropping it closes it.",
            ),
            Verdict::Closed(_) => (
                "closed-too-early",
                "your server closed a connection too early.",
                "how that client's loop can end: an error, perhaps one that concerns another \
                 client?",
            ),
            Verdict::Silent { .. } => (
                "silent",
                "your server did not say what was expected, and this check does not know why.",
                "what it waits in: who would have to do something for it to go on? If nobody, it \
                 has done what it knows: what does it write, and to whom?",
            ),
            Verdict::StaysOpen(_) => (
                "stays-open",
                "your server keeps a connection whose client has finished.",
                "what happens after the read that returns 0: every handle must be dropped or shut \
                 down.",
            ),
            Verdict::Wrong {
                expected: Expected::Bytes(expected),
                got,
            } if expected.starts_with(got) => (
                "only-the-beginning",
                "by then your server has said only the beginning of what was expected, and this \
                 check does not know why.",
                "the end of it: is something left out there, or does it only come late? With \
                 --patience 10, check waits longer.",
            ),
            Verdict::Wrong { .. } => (
                "wrong",
                "your server says something else than what was expected.",
                "the two texts above: where do they differ first, and where does your server \
                 write that?",
            ),
            Verdict::Extra(_) => (
                "extra",
                "your server says something that was not expected then.",
                "where your server writes this: what led to it, and who should get it?",
            ),
            Verdict::Torn(_) => (
                "torn",
                "your server lets two threads write at the same time: their lines mix.",
                "how a line is written: put it together first, then one write of it all, under \
                 the lock.",
            ),
            Verdict::Reordered { servers, .. } => (
                "reordered",
                "your server shows the same lines to different clients in different order.",
                if *servers > 1 {
                    "where a client's own words come from: from what the servers share, and only \
                     from there."
                } else {
                    "the loop that writes to all: one lock around all of it, not one for each \
                     write."
                },
            ),
            Verdict::Found { advice, .. } => return *advice,
        };
        Advice { id, means, look_at }
    }
}

/// What was expected, where its words are the server's own.
pub fn description(expected: &Expected) -> Option<&'static str> {
    Some(match expected {
        Expected::Bytes(_) => return None,
        Expected::Matches(Pattern::Refusal | Pattern::LoginRefusal) => "one line that says why not",
        Expected::Matches(Pattern::Help { .. }) => "a line for each command",
        Expected::Matches(Pattern::Time) => "the time in UTC, such as \"2026-11-22 14:05:09 UTC\"",
        Expected::Matches(Pattern::Anything) => "anything",
        Expected::End { .. } => "the end of the connection",
    })
}
