//! What the server holds, where the operating system tells: Linux.

use crate::model::contract::ClientId;
use crate::os::{resources, sockets};
use crate::runner::harness::Harness;

impl Harness<'_> {
    /// How many bytes of memory the server holds.
    pub fn memory(&self) -> Option<u64> {
        resources::memory(&self.server.processes())
    }

    /// How many descriptors the server holds.
    pub fn descriptors(&self) -> Option<usize> {
        let processes = self.server.processes();
        let each = processes
            .iter()
            .map(|process| resources::descriptors(&process.to_string()));
        each.sum::<Option<usize>>().filter(|count| *count > 0)
    }

    /// How many bytes the operating system keeps for a client that does not read.
    pub fn bytes_in_transit(&self, who: ClientId) -> Option<usize> {
        let client = self.clients[who].address;
        sockets::unread(self.server.address.port(), client.port())
    }
}
