//! What the server sends and prints, taken in as it comes, and the record of all that happens.

use std::io::{self, Read};
use std::net::TcpStream;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::{Client, Event, LAST_MOMENTS, Stage, What, is_notice};
use crate::server::{Output, Printed};
use crate::verdict::Verdict;

/// While nothing is reported, the audience is told this often.
const GLANCE: Duration = Duration::from_millis(50);
/// More than this many bytes that no client waits for are not worth keeping.
const UNREAD_LIMIT: usize = 1024 * 1024;
/// How many lines of the server's output are kept, from its start.
const PRINTED_LIMIT: usize = 200;

/// What a reading thread saw, and when.
pub struct Report {
    pub at: Instant,
    pub what: Reported,
}

pub enum Reported {
    /// A client received bytes.
    Heard(usize, Vec<u8>),
    /// A client's connection was ended by the server: by a reset, or in order.
    Ended(usize, bool),
    /// The server wrote to its standard output.
    Printed(Vec<u8>),
    /// The server wrote to its standard error.
    Complained(Vec<u8>),
    /// One of these two has ended.
    OutputEnded,
}

impl Report {
    pub(super) fn of_server(printed: Printed) -> Report {
        let what = match printed.what {
            Output::Stdout(line) => Reported::Printed(line),
            Output::Stderr(line) => Reported::Complained(line),
            Output::Ended => Reported::OutputEnded,
        };
        Report {
            at: printed.at,
            what,
        }
    }

    fn is_of_server(&self) -> bool {
        !matches!(self.what, Reported::Heard(..) | Reported::Ended(..))
    }
}

impl Stage<'_> {
    /// Waits until `done` says so of a client, its connection ends, or it is too late.
    pub(super) fn wait_for(
        &mut self,
        client: usize,
        deadline: Instant,
        done: impl Fn(&Client) -> bool,
    ) {
        loop {
            let seen = &self.clients[client];
            if done(seen) || seen.ended.is_some() || Instant::now() >= deadline {
                return;
            }
            self.take_report(deadline);
        }
    }

    pub(super) fn wait_for_line(&mut self, client: usize, deadline: Instant) -> bool {
        let has_line = |c: &Client| c.unread.contains(&b'\n');
        self.wait_for(client, deadline, has_line);
        has_line(&self.clients[client])
    }

    pub(super) fn wait_until(&mut self, deadline: Instant) {
        while self.take_report(deadline) {}
    }

    /// Takes one report, or waits for it until the deadline: then it is false, also where a server
    /// sends without end.
    pub(super) fn take_report(&mut self, deadline: Instant) -> bool {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            if let Ok(report) = self.reports.recv_timeout(left.min(GLANCE)) {
                self.note(report);
                return true;
            }
            let started = self.started.unwrap_or_else(Instant::now);
            self.audience.waits(started.elapsed());
        }
    }

    /// Ends the scene: a server of ours is stopped, and what it has printed until then is heard.
    pub fn ends(mut self) {
        if self.server.is_shared() {
            return;
        }
        self.server.stop();
        let deadline = Instant::now() + LAST_MOMENTS;
        while self.outputs_ended < 2 && Instant::now() < deadline {
            match self.reports.recv_timeout(GLANCE) {
                Ok(report) if report.is_of_server() => self.note(report),
                // Whatever else a client hears now is no part of the scene.
                _ => {}
            }
        }
    }

    fn note(&mut self, report: Report) {
        match report.what {
            Reported::Heard(client, bytes) => {
                if self.clients[client].unread.len() < UNREAD_LIMIT {
                    self.clients[client].unread.extend_from_slice(&bytes);
                }
                self.clients[client].heard_at = report.at;
                if self.server.is_shared() {
                    self.forget_strangers(client);
                }
                if !self.in_bulk && !self.clients[client].in_bulk {
                    let text = self.mask(&bytes);
                    self.record(report.at, Some(client), What::Heard(text));
                }
            }
            Reported::Ended(client, reset) => {
                let left = self.clients[client].stream.is_none();
                let verdict = if reset {
                    Verdict::ConnectionReset
                } else {
                    Verdict::Closed
                };
                self.clients[client].ended = Some(verdict);
                self.clients[client].heard_at = report.at;
                if !left {
                    self.record(report.at, Some(client), What::Disconnected);
                }
            }
            Reported::Printed(line) => {
                self.note_line(report.at, &line);
                keep(&mut self.printed, &line);
            }
            Reported::Complained(line) => keep(&mut self.complained, &line),
            Reported::OutputEnded => self.outputs_ended += 1,
        }
    }

    fn note_line(&mut self, at: Instant, line: &[u8]) {
        self.printed_lines += 1;
        if self.printed_lines <= PRINTED_LIMIT {
            let text = self.mask(line);
            self.record(at, None, What::Printed(text));
        }
    }

    /// In a room that was there before, others come and go: that is no part of the scene.
    fn forget_strangers(&mut self, client: usize) {
        let addresses: Vec<_> = self.clients.iter().map(|c| c.address.to_string()).collect();
        let unread = std::mem::take(&mut self.clients[client].unread);
        for line in unread.split_inclusive(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(line);
            let ours = addresses.iter().any(|address| text.starts_with(address));
            if ours || !is_notice(&text) {
                self.clients[client].unread.extend_from_slice(line);
            }
        }
    }

    pub(super) fn record(&mut self, at: Instant, client: Option<usize>, what: What) {
        let started = self.started.unwrap_or(at);
        let event = Event {
            at: at.saturating_duration_since(started),
            client,
            what,
        };
        self.audience.saw(&event);
    }
}

/// A client's thread: reports all that the server sends.
pub(super) fn listen_loop(client: usize, stream: &TcpStream, reporter: &SyncSender<Report>) {
    let mut stream = stream;
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let result = stream.read(&mut buffer);
        let what = match result {
            Ok(0) => Reported::Ended(client, false),
            Ok(length) => Reported::Heard(client, buffer[..length].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => Reported::Ended(client, true),
        };
        let over = matches!(what, Reported::Ended(..));
        if reporter
            .send(Report {
                at: Instant::now(),
                what,
            })
            .is_err()
            || over
        {
            return;
        }
    }
}

/// Keeps the last of what a program printed: a panic stands at the end.
fn keep(kept: &mut Vec<u8>, line: &[u8]) {
    const LIMIT: usize = 8 * 1024;
    kept.extend_from_slice(line);
    if kept.len() > LIMIT {
        kept.drain(..kept.len() - LIMIT);
    }
}
