//! Events of a session, and their observers.

use std::time::Duration;

use crate::model::contract::ClientId;

pub use crate::os::threads::{Call, Role, ThreadState, sentence};

/// Something that happened in a session.
#[derive(Clone, Debug)]
pub struct Event {
    /// Time since the first client began to connect.
    pub at: Duration,
    /// The client it happened to; none for the server.
    pub client: Option<ClientId>,
    pub what: EventKind,
    /// What a display should show as expected, if this is wrong.
    pub expected: Option<String>,
    /// Only part of the setup: a client connects and says hi.
    pub is_setup: bool,
}

/// The kinds of events. In texts, `{name}` replaces a client's address.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    Connected,
    Said(String),
    Heard(String),
    HeardNothing(Duration),
    /// An action that no other client can see.
    Action(&'static str),
    HalfClosed,
    Left,
    Reset,
    Disconnected,
    Printed(String),
    Exited(String),
    /// The calls that the server's threads are blocked in, with thread numbers.
    Waits(Vec<(u32, ThreadState)>),
}

/// Receives events as they happen.
pub trait Observer {
    /// Something went as expected, in the time given.
    fn passed(&mut self, _text: &str, _took: Option<Duration>) {}
    /// Something could not be tried.
    fn skipped(&mut self, _why: &str) {}
    /// Something happened.
    fn saw(&mut self, _event: &Event) {}
    /// Time passes, and nothing happens.
    fn waiting(&mut self, _now: Duration) {}
}

/// Ignores everything.
pub struct NoObserver;

impl Observer for NoObserver {}
