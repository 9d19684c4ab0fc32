//! What clients do on the stage: they come, talk, and go.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::report::listen_loop;
use super::{Client, Stage, TICK, What, quoted};
use crate::failure::{Failure, Outcome};
use crate::verdict::Verdict;

/// A program may take this many times the patience until it listens: it has to start first.
const START_FACTOR: u32 = 5;

impl Stage<'_> {
    /// A client connects. That alone proves nothing: the system accepts for the server.
    pub fn connects(&mut self, name: &'static str) -> Outcome {
        let stream = self.connect(name)?;
        let stream = Arc::new(stream);
        let client = self.enter(name, Arc::clone(&stream));
        let reporter = self.reporter.clone();
        thread::spawn(move || listen_loop(client, &stream, &reporter));
        Ok(())
    }

    /// A client connects that does not read.
    pub fn connects_deaf(&mut self, name: &'static str) -> Outcome {
        let stream = self.connect(name)?;
        let client = self.enter(name, Arc::new(stream));
        self.record(Instant::now(), Some(client), What::Does("reads nothing"));
        Ok(())
    }

    fn enter(&mut self, name: &'static str, stream: Arc<TcpStream>) -> usize {
        // Fails only on a connection that is dead: what comes next will show it.
        let _ = stream.set_nodelay(true);
        let _ = stream.set_write_timeout(Some(self.patience));
        let address = stream.local_addr().unwrap_or(self.server.address);
        let now = Instant::now();
        self.clients.push(Client {
            name,
            stream: Some(stream),
            address,
            unread: Vec::new(),
            heard_at: now,
            ended: None,
            in_bulk: false,
        });
        let client = self.clients.len() - 1;
        self.record(now, Some(client), What::Connected);
        client
    }

    /// A client that was deaf begins to read.
    pub fn reads(&mut self, name: &str) {
        let client = self.find(name);
        self.did(client, "reads");
        self.record(Instant::now(), Some(client), What::Does("reads"));
        self.clients[client].in_bulk = true;
        if let Some(stream) = self.clients[client].stream.clone() {
            let reporter = self.reporter.clone();
            thread::spawn(move || listen_loop(client, &stream, &reporter));
        }
    }

    /// Connects as soon as the server listens.
    fn connect(&mut self, name: &'static str) -> Result<TcpStream, Box<Failure>> {
        let factor = if self.answered { 1 } else { START_FACTOR };
        let limit = self.patience * factor;
        let begun = Instant::now();
        loop {
            match self.server.connect(self.patience) {
                Ok(stream) => {
                    self.started.get_or_insert(begun);
                    return Ok(stream);
                }
                Err(_) if begun.elapsed() < limit && self.server.may_listen_yet(begun) => {}
                Err(_) => {
                    self.did.push(format!("{name} connects"));
                    let verdict = if self.answered {
                        Verdict::Refused
                    } else {
                        let waited =
                            limit.min(Duration::from_secs(begun.elapsed().as_secs().max(1)));
                        Verdict::NeverListened(self.server.address, waited)
                    };
                    return Err(self.fail(None, verdict));
                }
            }
            self.wait_until(Instant::now() + TICK);
        }
    }

    /// A client says a line; `text` comes without its newline, and `{name}` stands for an address.
    pub fn says(&mut self, name: &str, text: &str) {
        let line = format!("{}\n", self.fill(text));
        self.sends(name, line.as_bytes());
    }

    /// A client sends bytes, as they are.
    pub fn sends(&mut self, name: &str, bytes: &[u8]) {
        let client = self.find(name);
        let text = self.mask(bytes);
        self.did(client, &format!("says {}", quoted(&text)));
        self.record(Instant::now(), Some(client), What::Said(text));
        // A write that fails belongs to a connection that is closed, which the next wait will find.
        if let Some(stream) = &self.clients[client].stream {
            let _ = stream.as_ref().write_all(bytes);
        }
    }

    /// A client leaves as most do: it closes its connection.
    pub fn leaves(&mut self, name: &str) {
        self.close(name, Shutdown::Both, "leaves", What::Left);
    }

    /// A client says that it will say no more, but still listens.
    pub fn half_closes(&mut self, name: &str) {
        self.close(
            name,
            Shutdown::Write,
            "sends no more (half-closes)",
            What::HalfClosed,
        );
    }

    fn close(&mut self, name: &str, how: Shutdown, did: &str, what: What) {
        let client = self.find(name);
        self.did(client, did);
        self.record(Instant::now(), Some(client), what);
        if let Some(stream) = &self.clients[client].stream {
            let _ = stream.shutdown(how);
        }
        if how == Shutdown::Both {
            self.clients[client].stream = None;
        }
    }

    /// A deaf client that has been sent something resets the connection: that is what the system
    /// makes of closing a connection from which not all has been read (macOS may end it in order).
    pub fn resets(&mut self, name: &str) {
        let client = self.find(name);
        if let Some(stream) = self.clients[client].stream.take() {
            let _ = stream.set_read_timeout(Some(self.patience));
            let _ = stream.peek(&mut [0]);
        }
        self.did(client, "resets the connection");
        self.record(Instant::now(), Some(client), What::Reset);
    }

    /// Gives the server time to do with half a message what it should not: until everybody hears
    /// something, but not for long, since a right server does nothing.
    pub fn pauses(&mut self) {
        const PAUSE: Duration = Duration::from_millis(300);
        let deadline = Instant::now() + PAUSE;
        let heard = |s: &Self| s.clients.iter().all(|client| !client.unread.is_empty());
        while !heard(self) && self.take_report(deadline) {}
    }

    /// A client joins a chat: those who are there hear of it.
    pub fn joins(&mut self, name: &'static str, others: &[&str]) -> Outcome {
        self.connects(name)?;
        self.does(name, "joins");
        self.all_hear(others, &format!("{{{name}}} joined the chat."))
    }
}
