//! What went wrong, as a type, with general advice for when no cause is known.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

use crate::model::advice::{Advice, Id};
use crate::model::contract::{ClientId, Expected, Pattern};
use crate::model::matching::End;

/// What happened instead of what was expected.
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
    /// The server listened before, but a later client could not connect.
    Refused,
    /// The server closed the connection.
    Closed(End),
    /// The server sent nothing.
    Silent {
        expected: Vec<Expected>,
        patience: Duration,
    },
    /// The server should have closed the connection, but did not within this time.
    StaysOpen(Duration),
    /// The server sent something else.
    Wrong { expected: Expected, got: Vec<u8> },
    /// The server sent something before, or instead of, what was expected.
    Extra(Vec<u8>),
    /// Everything expected came, but this line is a mixture of others.
    Torn(Vec<u8>),
    /// All lines came, but in another order than another client received them.
    Reordered { than: ClientId, servers: usize },
    /// An observation of a scene in code.
    Found { seen: String, advice: Advice },
}

/// The first thing in a session that was not as expected.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// The index of the turn that led to it.
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

    /// Whether it was compared with the contract, so that a mistake may explain it.
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

    /// General advice, for when no cause is known.
    pub fn advice(&self) -> Advice {
        let (id, means, look_at): (Id, _, _) = match self {
            Verdict::Exited(status) | Verdict::NeverStarted(status) if status.success() => (
                "came-to-its-end",
                "your server exited normally: when main returns, the process and all its threads \
                 end.",
                "the end of main, and of the accept loop: it should run for ever.",
            ),
            Verdict::Exited(_) => (
                "exited",
                "your server exited; nothing a client does may end it.",
                "what it printed last; `?`, `unwrap` and `expect` outside one client's own code.",
            ),
            Verdict::NeverStarted(_) => (
                "never-started",
                "your program exited before any client could connect.",
                "what it printed last: is the command or the address wrong?",
            ),
            Verdict::NeverListened {
                elsewhere: Some(_), ..
            } => (
                "listens-elsewhere",
                "your server listens at another address than the one it was given.",
                "the call that binds: it must use the program's argument, host:port.",
            ),
            Verdict::NeverListened { .. } => (
                "never-listened",
                "your program runs, but does not listen at the address it was given.",
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
                "how that client's loop can end: on an error, perhaps another client's?",
            ),
            Verdict::Silent { .. } => (
                "silent",
                "the expected reply never came. Cause unknown.",
                "the call it is blocked in: what would unblock it? If nothing is blocked, check \
                 what it writes and to which client.",
            ),
            Verdict::StaysOpen(_) => (
                "stays-open",
                "your server keeps a connection whose client has finished.",
                "what happens after the read that returns 0: drop every handle or shut the \
                 connection down.",
            ),
            Verdict::Wrong {
                expected: Expected::Bytes(expected),
                got,
            } if expected.starts_with(got) => (
                "only-the-beginning",
                "your server sent only part of the expected text in time. Cause unknown.",
                "the end of the text: is it missing, or only late? With --patience 10, check waits \
                 longer.",
            ),
            Verdict::Wrong { .. } => (
                "wrong",
                "your server sent something else than what was expected.",
                "the two texts above: where do they differ first, and where does your server \
                 write that?",
            ),
            Verdict::Extra(_) => (
                "extra",
                "your server sent something that was not expected at this point.",
                "where your server writes this: what triggered it, and which client should get it?",
            ),
            Verdict::Torn(_) => (
                "torn",
                "your server lets two threads write at once: their lines mix.",
                "how a line is written: format it whole first, then write it in one call, under \
                 the lock.",
            ),
            Verdict::Reordered { servers, .. } => (
                "reordered",
                "your server sends the same lines to different clients in different orders.",
                if *servers > 1 {
                    "where a client's own messages come from: only from the shared log."
                } else {
                    "the broadcast loop: hold one lock around the whole loop, not one for each \
                     write."
                },
            ),
            Verdict::Found { advice, .. } => return *advice,
        };
        Advice { id, means, look_at }
    }
}

/// Describes an expectation whose exact text is up to the server.
pub fn description(expected: &Expected) -> Option<&'static str> {
    Some(match expected {
        Expected::Bytes(_) => return None,
        Expected::Matches(Pattern::Refusal | Pattern::LoginRefusal) => "one line with the reason",
        Expected::Matches(Pattern::Help(_)) => "one line for each command",
        Expected::Matches(Pattern::Time) => "the time in UTC, such as \"2026-11-22 14:05:09 UTC\"",
        Expected::Matches(Pattern::Anything) => "anything",
        Expected::End { .. } => "the end of the connection",
    })
}
