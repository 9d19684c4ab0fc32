//! What a load test does.

use std::net::SocketAddr;
use std::time::Duration;

/// The size of a load test, and its limits.
pub struct Options {
    pub clients: usize,
    /// How many of the clients talk.
    pub talkers: usize,
    /// The total number of messages.
    pub messages: usize,
    /// Clients that connect in addition, and never read.
    pub stalled: usize,
    /// The test gives up after this long without a delivery.
    pub patience: Duration,
    /// The time limit for one test.
    pub limit: Duration,
    /// More servers of the same chat room: the clients connect to each in turn.
    pub more_servers: Vec<SocketAddr>,
}

impl Options {
    /// The length of a message with its newline. For stalled clients it is longer, to fill the
    /// operating system's buffers.
    pub fn message_size(&self) -> usize {
        if self.stalled == 0 { 32 } else { 1000 }
    }

    /// All connections that the test makes.
    pub fn connections(&self) -> usize {
        self.clients + self.stalled
    }

    pub fn title(&self) -> String {
        let (clients, talkers, messages) = (self.clients, self.talkers, self.messages);
        let size = self.message_size();
        let mut title =
            format!("{clients} clients, {talkers} talking: {messages} messages of {size} bytes");
        if !self.more_servers.is_empty() {
            title += &format!("; {} servers", self.more_servers.len() + 1);
        }
        if self.stalled > 0 {
            title += &format!("; {} more never read", self.stalled);
        }
        title
    }
}
