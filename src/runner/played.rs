//! The result of a session: plain data, nothing that still runs.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::contract::ClientId;
use crate::model::recording::Recording;
use crate::model::verdict::Divergence;
use crate::os::threads::ThreadState;

/// A session that has been played.
pub struct Played {
    pub recording: Recording,
    /// The first thing that was not as expected.
    pub divergence: Option<Divergence>,
    /// The calls that the server's threads were blocked in while an answer was missing.
    pub threads: Vec<ThreadState>,
    pub aftermath: Option<Aftermath>,
    pub snapshot: Snapshot,
}

/// After a silence, another client acted, and the missing reply came.
pub struct Aftermath {
    /// The client that missed it, and the one that acted.
    pub client: ClientId,
    pub other: ClientId,
    pub did: &'static str,
    pub missing: Vec<u8>,
    pub later: Duration,
}

/// A server and its clients at one moment.
pub struct Snapshot {
    /// The clients' addresses.
    pub addresses: Vec<(ClientId, SocketAddr)>,
    /// The tail of the server's output.
    pub stdout: String,
    pub stderr: String,
}
