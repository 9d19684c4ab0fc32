//! What a session is played on: a server, its clients, and all that is heard of them.
//!
//! One thread for each client reads what the server sends, two more read what it prints. They report to one channel,
//! with the time; the stage takes the reports out of it while it waits.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use crate::error::CouldNotTry;
use crate::model::contract::ClientId;
use crate::model::matching::{End, lines};
use crate::model::session::NAMES;
use crate::runner::events::{Event, EventKind, Observer};
use crate::server::program::Ready;
use crate::server::redis::Redis;
use crate::server::{Printed, Server};
use crate::text::escaped;

pub use crate::runner::clients::{Client, Refused};
pub use crate::runner::display::{Expects, ThreadSampler};
pub use crate::runner::keys::Keys;
pub use crate::runner::output::ServerOutput;

/// While we wait, we look this often whether the server still runs.
pub(super) const TICK: Duration = Duration::from_millis(10);
/// While nothing is reported, the audience is told this often.
pub(super) const GLANCE: Duration = Duration::from_millis(50);
/// How long we wait for a program to end that has closed a connection.
pub(super) const LAST_MOMENTS: Duration = Duration::from_millis(500);
/// The same for the last words of one that has ended.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(2);
/// How many reports may wait. A server that sends without end has to wait for us.
const REPORTS: usize = 1024;
/// No more bytes are kept of a server that sends without end: more than any operating system keeps for one connection.
const UNREAD_LIMIT: usize = 32 * 1024 * 1024;

/// What a reading thread saw, and when.
pub(super) struct Report {
    pub at: Instant,
    pub what: Reported,
}

pub(super) enum Reported {
    /// A client received bytes.
    Heard(ClientId, Vec<u8>),
    /// A client's connection was ended by the server.
    Ended(ClientId, End),
    /// The server wrote something, or can write no more.
    Server(Printed),
}

/// A second server, and the Redis that it shares with the first. Every other client goes there.
pub struct SecondInstance {
    server: Server,
    pub redis: Redis,
    ready: Ready,
}

impl SecondInstance {
    /// Ends the second server, and starts another in its place, which was not there before.
    pub fn restart(&mut self) -> Result<(), CouldNotTry> {
        self.server = Server::start(&self.ready, |_| true)?;
        Ok(())
    }
}

pub struct Harness<'a> {
    pub server: Server,
    pub twin: Option<SecondInstance>,
    pub clients: Vec<Client>,
    pub output: ServerOutput,
    pub keys: Keys,
    /// What the clients are called.
    pub names: [&'static str; NAMES.len()],
    pub patience: Duration,
    /// Nothing is waited for any more.
    pub is_given_up: Arc<AtomicBool>,
    /// How many long lines the operating system kept for a client that did not read, in the last such scene.
    pub long_lines_kept: Arc<AtomicUsize>,
    pub audience: &'a mut dyn Observer,
    reports: Receiver<Report>,
    pub(super) reporter: SyncSender<Report>,
    pub(super) started: Option<Instant>,
    /// What is said and heard is too much to be shown.
    pub in_bulk: bool,
    /// Somebody looks: what comes of a turn is waited for, also where nothing need come.
    pub is_shown: bool,
    pub expects: Expects,
    pub looks: ThreadSampler,
    /// When the last event was: none is told as earlier than the one before it.
    told_until: Duration,
}

impl<'a> Harness<'a> {
    /// Starts the server.
    pub fn open(
        ready: &Ready,
        patience: Duration,
        audience: &'a mut dyn Observer,
    ) -> Result<Harness<'a>, CouldNotTry> {
        let (reporter, reports) = mpsc::sync_channel(REPORTS);
        let printed = reporter.clone();
        let report = move |line: Printed| {
            let what = Reported::Server(line);
            // A program that prints without end fills the channel: what no longer fits is lost.
            let sent = printed.try_send(Report {
                at: Instant::now(),
                what,
            });
            !matches!(sent, Err(mpsc::TrySendError::Disconnected(_)))
        };
        Ok(Harness {
            server: Server::start(ready, report)?,
            twin: None,
            clients: Vec::new(),
            output: ServerOutput::default(),
            keys: Keys::default(),
            names: NAMES,
            patience,
            is_given_up: Arc::default(),
            long_lines_kept: Arc::default(),
            audience,
            reports,
            reporter,
            started: None,
            in_bulk: false,
            is_shown: false,
            expects: Expects::default(),
            looks: ThreadSampler::default(),
            told_until: Duration::ZERO,
        })
    }

    /// Starts the server twice, as two instances with one Redis.
    pub fn open_twins(
        ready: &Ready,
        patience: Duration,
        audience: &'a mut dyn Observer,
    ) -> Result<Harness<'a>, CouldNotTry> {
        let Ready::Executable(executable) = ready else {
            let why = "check 8 starts two servers: name a program, with --bin or as a command";
            return Err(CouldNotTry(why.to_string()));
        };
        let redis = Redis::start().map_err(CouldNotTry)?;
        let Some(executable) = executable.with_redis(redis.address) else {
            let why = "your command has no {redis} among its arguments, where the address of the Redis goes that your servers are to share";
            return Err(CouldNotTry(why.to_string()));
        };
        let ready = Ready::Executable(executable);
        let mut stage = Harness::open(&ready, patience, audience)?;
        let server = Server::start(&ready, |_| true)?;
        stage.twin = Some(SecondInstance {
            server,
            redis,
            ready,
        });
        Ok(stage)
    }

    /// How one of the servers ended, if one has.
    pub fn one_has_ended(&mut self) -> Option<ExitStatus> {
        let twin = self.twin.as_mut().and_then(|twin| twin.server.ended());
        self.server.ended().or(twin)
    }

    /// Where a client goes.
    pub(super) fn server_of(&mut self, who: ClientId) -> &mut Server {
        match &mut self.twin {
            Some(twin) if who % 2 == 1 => &mut twin.server,
            _ => &mut self.server,
        }
    }

    /// Waits until `done` says so, or it is too late: then it is false.
    pub fn wait_for(&mut self, deadline: Instant, done: impl Fn(&Self) -> bool) -> bool {
        while !done(self) {
            if !self.take_report(deadline) {
                return false;
            }
        }
        true
    }

    /// Whether it is not too late yet, and somebody still wants to know. A loop that waits asks this: once all is given
    /// up, each wait in it is over at once.
    pub fn has_time(&self, deadline: Instant) -> bool {
        !self.is_given_up.load(SeqCst) && Instant::now() < deadline
    }

    pub fn wait_until(&mut self, deadline: Instant) {
        while self.take_report(deadline) {}
    }

    /// Takes one report, or waits for it until the deadline: then it is false, also where a server
    /// sends without end.
    pub fn take_report(&mut self, deadline: Instant) -> bool {
        loop {
            if !self.has_time(deadline) {
                return false;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let report = self.reports.recv_timeout(left.min(self.poll_interval()));
            self.sample_threads();
            if let Ok(report) = report {
                self.apply(report);
                return true;
            }
            let started = self.started.unwrap_or_else(Instant::now);
            self.audience.waiting(started.elapsed());
        }
    }

    fn apply(&mut self, report: Report) {
        match report.what {
            Reported::Heard(who, bytes) => {
                let client = &mut self.clients[who];
                client.heard_at = report.at;
                if client.unread.len() < UNREAD_LIMIT {
                    client.unread.extend_from_slice(&bytes);
                    client.log.extend_from_slice(&bytes);
                    self.keys.learn_and_hide(&mut client.unread);
                    self.keys.learn_and_hide(&mut client.log);
                }
                if self.is_shown && !self.in_bulk && !self.clients[who].in_bulk {
                    for line in lines(&bytes) {
                        let text = self.masked(line);
                        let wrong = self.expects.expected_instead_of(who, &text);
                        self.record_expecting(report.at, Some(who), EventKind::Heard(text), wrong);
                    }
                }
            }
            Reported::Ended(who, end) => {
                let client = &mut self.clients[who];
                client.heard_at = report.at;
                client.end = Some(end);
                if client.is_connected() {
                    self.record(report.at, Some(who), EventKind::Disconnected);
                }
            }
            Reported::Server(printed) => self.note_printed(&printed),
        }
    }

    pub fn record(&mut self, at: Instant, client: Option<ClientId>, what: EventKind) {
        self.record_expecting(at, client, what, None);
    }

    /// The same of something that may be wrong.
    pub fn record_expecting(
        &mut self,
        at: Instant,
        client: Option<ClientId>,
        what: EventKind,
        expected: Option<String>,
    ) {
        let started = self.started.unwrap_or(at);
        let at = at.saturating_duration_since(started).max(self.told_until);
        self.told_until = at;
        let sets_stage = match what {
            EventKind::Connected => true,
            EventKind::Said(_) | EventKind::Heard(_) => {
                self.expects.sets_stage && expected.is_none()
            }
            _ => false,
        };
        self.audience.saw(&Event {
            at,
            client,
            what,
            expected,
            sets_stage,
        });
    }

    /// Something that a client does otherwise, and that nobody else can see.
    pub fn note(&mut self, who: ClientId, what: &'static str) {
        self.record(Instant::now(), Some(who), EventKind::Action(what));
    }

    /// Ends the session: a server of ours is stopped, and what it has printed until then is heard.
    pub fn finish(&mut self) {
        if self.server.is_shared() {
            return;
        }
        self.server.stop();
        let deadline = Instant::now() + LAST_MOMENTS;
        while self.output.streams_ended < 2 && Instant::now() < deadline {
            // Whatever a client hears now is no part of the session.
            if let Ok(Report {
                what: Reported::Server(printed),
                ..
            }) = self.reports.recv_timeout(GLANCE)
            {
                self.note_printed(&printed);
            }
        }
    }

    /// A client's address becomes `{name}`; what cannot be printed is escaped.
    pub fn masked(&self, bytes: &[u8]) -> String {
        masked(&self.keys.hidden(bytes), &self.names, &self.addresses())
    }

    /// Who has which address.
    pub fn addresses(&self) -> Vec<(ClientId, SocketAddr)> {
        let come = self
            .clients
            .iter()
            .enumerate()
            .filter(|(_, client)| client.has_come());
        come.map(|(who, client)| (who, client.address)).collect()
    }
}

/// Bytes as text that can be printed, with `{name}` in the places of the clients' addresses.
pub fn masked(bytes: &[u8], names: &[&str], addresses: &[(ClientId, SocketAddr)]) -> String {
    addresses
        .iter()
        .fold(escaped(bytes), |text, (who, address)| {
            text.replace(&address.to_string(), &format!("{{{}}}", names[*who]))
        })
}
