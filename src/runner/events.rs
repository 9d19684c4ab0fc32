//! What happens in a session, and who follows it.

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
    /// What should have happened instead, if this is wrong and a display wants to know.
    pub expected: Option<String>,
    /// It only sets the stage: a client connects, and says hi.
    pub sets_stage: bool,
}

/// What can happen. Text has `{name}` in the places of the clients' addresses.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    Connected,
    Said(String),
    Heard(String),
    HeardNothing(Duration),
    /// Something that no other client can see.
    Action(&'static str),
    HalfClosed,
    Left,
    Reset,
    Disconnected,
    Printed(String),
    Exited(String),
    /// What the server's threads wait in, each with its number.
    Waits(Vec<(u32, ThreadState)>),
}

/// Sees what happens while it happens.
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
