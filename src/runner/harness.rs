//! Runs a server and its clients for a session, and collects what they report.
//!
//! One thread for each client reads what the server sends, two more read what it prints. They send
//! timed reports to one channel, which the harness drains while it waits.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use crate::error::CouldNotTry;
use crate::model::contract::ClientId;
use crate::model::matching::lines;
use crate::model::session::NAMES;
use crate::os::threads::ThreadState;
use crate::os::{processes, resources, sockets, threads};
use crate::runner::clients::{Report, Reported};
use crate::runner::display::Display;
use crate::runner::events::{Event, EventKind, Observer};
use crate::runner::output::ServerOutput;
use crate::runner::patience::{
    EXIT, FIRST_OUTPUT, IDLE, IDLE_POLL, IDLE_SHOWN, LAST_OUTPUT, PAUSE, POLL, SETTLED,
    START_FACTOR, STATUS,
};
use crate::runner::played::Snapshot;
use crate::server::program::Ready;
use crate::server::redis::Redis;
use crate::server::{Printed, Server};
use crate::text::escaped;

pub use crate::runner::clients::{Client, ConnectError};
pub use crate::runner::keys::Keys;

/// The capacity of the channel. A server that sends without end blocks until we read.
const REPORTS: usize = 1024;

/// A second server, and the Redis that it shares with the first. Every other client connects to it.
pub struct SecondInstance {
    server: Server,
    pub redis: Redis,
    ready: Ready,
}

impl SecondInstance {
    /// Replaces the second server by a new one.
    pub fn restart(&mut self) -> Result<(), CouldNotTry> {
        self.server = Server::start(&self.ready, |_| true)?;
        Ok(())
    }
}

pub struct Harness<'a> {
    /// Dropped, and so disconnected, before the server is stopped.
    pub clients: Vec<Client>,
    pub server: Server,
    pub twin: Option<SecondInstance>,
    pub output: ServerOutput,
    pub keys: Keys,
    /// The clients' names.
    pub names: [&'static str; NAMES.len()],
    pub patience: Duration,
    /// How late this machine has woken us, in total. It is the control for each silence: if we are
    /// late, the server may be late for the same reason.
    pub late: Duration,
    /// Once set, all waits end at once.
    pub cancelled: Arc<AtomicBool>,
    /// How many long lines the operating system buffered for a stalled client in the last such
    /// scene.
    pub long_lines_kept: Arc<AtomicUsize>,
    pub observer: &'a mut dyn Observer,
    pub display: Display,
    reports: Receiver<Report>,
    reporter: SyncSender<Report>,
    started: Option<Instant>,
    /// Keeps event times from going backwards.
    last_event_at: Duration,
}

impl<'a> Harness<'a> {
    /// Starts the server.
    pub fn open(
        ready: &Ready,
        patience: Duration,
        observer: &'a mut dyn Observer,
    ) -> Result<Harness<'a>, CouldNotTry> {
        let (reporter, reports) = mpsc::sync_channel(REPORTS);
        let printed = reporter.clone();
        let report = move |line: Printed| {
            let (at, what) = (Instant::now(), Reported::Printed(line));
            // A program that prints without end fills the channel: excess lines are dropped.
            let sent = printed.try_send(Report { at, what });
            !matches!(sent, Err(mpsc::TrySendError::Disconnected(_)))
        };
        Ok(Harness {
            clients: Vec::new(),
            server: Server::start(ready, report)?,
            twin: None,
            output: ServerOutput::default(),
            keys: Keys::default(),
            names: NAMES,
            patience,
            late: Duration::ZERO,
            cancelled: Arc::default(),
            long_lines_kept: Arc::default(),
            observer,
            display: Display::default(),
            reports,
            reporter,
            started: None,
            last_event_at: Duration::ZERO,
        })
    }

    /// Starts the server twice, as two instances with one Redis.
    pub fn open_twins(
        ready: &Ready,
        patience: Duration,
        observer: &'a mut dyn Observer,
    ) -> Result<Harness<'a>, CouldNotTry> {
        let Ready::Executable(executable) = ready else {
            let why = "check 12 starts two servers: name a program, with --bin or as a command";
            return Err(CouldNotTry(why.to_string()));
        };
        let redis = Redis::start().map_err(CouldNotTry)?;
        let Some(executable) = executable.with_redis(redis.address) else {
            let why = "your command has no {redis} among its arguments: the place for the address \
                       of the Redis that your servers share";
            return Err(CouldNotTry(why.to_string()));
        };
        let ready = Ready::Executable(executable);
        let mut harness = Harness::open(&ready, patience, observer)?;
        harness.twin = Some(SecondInstance {
            server: Server::start(&ready, |_| true)?,
            redis,
            ready,
        });
        Ok(harness)
    }

    /// Ends the session: stops the server, if it is ours, and takes its remaining output.
    pub fn finish(&mut self) {
        if self.server.is_shared() {
            return;
        }
        self.server.stop();
        let deadline = Instant::now() + EXIT;
        while !self.output.has_ended() && Instant::now() < deadline {
            // Ignore what clients receive after the session.
            if let Ok(report) = self.reports.recv_timeout(STATUS)
                && let Reported::Printed(printed) = report.what
            {
                self.record_printed(&printed);
            }
        }
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            addresses: self.addresses(),
            stdout: String::from_utf8_lossy(&self.output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&self.output.stderr).into_owned(),
        }
    }
}

// Clients' actions.

impl Harness<'_> {
    /// Connects a client. That proves nothing: the kernel completes the handshake before `accept`.
    pub fn connect(&mut self, who: ClientId) -> Result<(), ConnectError> {
        self.connect_without_reading(who)?;
        self.clients[who].start_reading(who, self.reporter.clone());
        Ok(())
    }

    /// Connects a client that does not read.
    pub fn connect_without_reading(&mut self, who: ClientId) -> Result<(), ConnectError> {
        let is_first = self.started.is_none();
        if is_first {
            self.wait_for_first_output();
        }
        let begun = Instant::now();
        let limit = self.patience * if is_first { START_FACTOR } else { 1 };
        let stream = loop {
            let patience = self.patience;
            if let Ok(stream) = self.server_of(who).connect(patience) {
                break stream;
            }
            let may_listen = self.server_of(who).may_listen_yet(begun);
            if !may_listen || !self.has_time(begun + limit) {
                return Err(if is_first {
                    ConnectError::NeverListened(begun.elapsed())
                } else {
                    ConnectError::Refused
                });
            }
            self.wait_until(Instant::now() + POLL);
        };
        self.started.get_or_insert(begun);
        while self.clients.len() <= who {
            self.clients.push(Client::absent());
        }
        self.clients[who] = Client::connected(stream, self.server.address, self.patience);
        self.record(Instant::now(), Some(who), EventKind::Connected);
        Ok(())
    }

    /// A stalled client starts to read.
    pub fn read_again(&mut self, who: ClientId) {
        self.note(who, "reads");
        self.clients[who].start_reading(who, self.reporter.clone());
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, who: ClientId, bytes: &[u8]) {
        if self.display.shows_text() {
            let text = self.masked(bytes);
            self.record(Instant::now(), Some(who), EventKind::Said(text));
        }
        self.clients[who].send(&self.keys.insert(bytes));
    }

    /// Closes a client's sending side; it keeps reading.
    pub fn half_close(&mut self, who: ClientId) {
        self.record(Instant::now(), Some(who), EventKind::HalfClosed);
        self.clients[who].half_close();
    }

    pub fn leave(&mut self, who: ClientId) {
        self.record(Instant::now(), Some(who), EventKind::Left);
        self.clients[who].leave();
    }

    /// From now on, a client leaves its input unread.
    pub fn stop_reading(&mut self, who: ClientId) {
        self.clients[who].stop_reading();
    }

    pub fn wait_for_unread(&self, who: ClientId) {
        self.clients[who].wait_for_unread(self.patience);
    }

    /// Closes the connection of a client with unread input, which resets it.
    pub fn reset(&mut self, who: ClientId) {
        self.clients[who].reset();
        self.record(Instant::now(), Some(who), EventKind::Reset);
    }

    /// The time since any client last received something.
    pub fn quiet_for(&self) -> Duration {
        let heard = self
            .clients
            .iter()
            .map(|client| client.received_at.elapsed());
        heard.min().unwrap_or_default()
    }

    /// The clients' addresses.
    pub fn addresses(&self) -> Vec<(ClientId, SocketAddr)> {
        let clients = self.clients.iter().enumerate();
        let come = clients.filter(|(_, client)| client.was_connected());
        come.map(|(who, client)| (who, client.address)).collect()
    }

    /// Printable text: `{name}` for a client's address, unprintable bytes escaped.
    pub fn masked(&self, bytes: &[u8]) -> String {
        masked(&self.keys.hidden(bytes), &self.names, &self.addresses())
    }
}

/// Bytes as printable text, with `{name}` for clients' addresses.
pub fn masked(bytes: &[u8], names: &[&str], addresses: &[(ClientId, SocketAddr)]) -> String {
    let mask = |text: String, (who, address): &(ClientId, SocketAddr)| {
        text.replace(&address.to_string(), &format!("{{{}}}", names[*who]))
    };
    addresses.iter().fold(escaped(bytes), mask)
}

// The server.

impl Harness<'_> {
    /// The server that a client connects to.
    fn server_of(&mut self, who: ClientId) -> &mut Server {
        match &mut self.twin {
            Some(twin) if who % 2 == 1 => &mut twin.server,
            _ => &mut self.server,
        }
    }

    /// The exit status of one of the servers, if one has exited.
    pub fn one_has_ended(&mut self) -> Option<ExitStatus> {
        let twin = self.twin.as_mut().and_then(|twin| twin.server.ended());
        self.server.ended().or(twin)
    }

    /// The server's exit status, if it exits. That may take a moment after its connections close,
    /// and so may a panic's message.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + EXIT;
        while self.server.ended().is_none() && !self.server.is_shared() && self.has_time(deadline) {
            self.wait_until(Instant::now() + POLL);
        }
        let status = self.server.ended()?;
        // A child process may hold the pipe open.
        let deadline = Instant::now() + LAST_OUTPUT;
        while !self.output.has_ended() && self.has_time(deadline) {
            self.wait_until(Instant::now() + POLL);
        }
        self.record(Instant::now(), None, EventKind::Exited(status.to_string()));
        Some(status)
    }

    /// Waits until the server has handled its input, where no reply is required.
    pub fn wait_until_idle(&mut self) {
        let limit = if self.display.is_on { IDLE_SHOWN } else { IDLE };
        let deadline = Instant::now() + limit;
        while self.has_time(deadline) {
            self.wait_until(Instant::now() + IDLE_POLL);
            let _ = self.server.ended(); // Notices a server that continues in the background.
            if !self.display.is_on && processes::are_idle(&self.server.processes()) {
                return;
            }
        }
    }

    /// The calls that the server's threads are blocked in, where the operating system reports them.
    /// None with two servers.
    pub fn threads(&self) -> Vec<ThreadState> {
        if self.twin.is_some() {
            return Vec::new();
        }
        threads::threads(&self.server.processes(), self.name_of_port()).unwrap_or_default()
    }

    /// Finds the client's name by its port.
    fn name_of_port(&self) -> impl Fn(u16) -> Option<String> + use<> {
        let (addresses, names) = (self.addresses(), self.names);
        move |port| {
            let client = addresses.iter().find(|(_, address)| address.port() == port);
            client.map(|(who, _)| names[*who].to_string())
        }
    }

    /// How much memory the server uses, where the operating system reports it.
    pub fn memory(&self) -> Option<u64> {
        resources::memory(&self.server.processes())
    }

    /// How often the server's threads were woken, where the operating system reports it.
    pub fn wake_ups(&self) -> Option<u64> {
        resources::wake_ups(&self.server.processes())
    }

    /// The processor time of the server's threads, where the operating system reports it.
    pub fn processor_time(&self) -> Option<Duration> {
        resources::time_on_processor(&self.server.processes())
    }

    /// How many descriptors the server holds, where the operating system reports it.
    pub fn descriptors(&self) -> Option<usize> {
        let processes = self.server.processes();
        let each = processes
            .iter()
            .map(|process| resources::descriptors(&process.to_string()));
        each.sum::<Option<usize>>().filter(|count| *count > 0)
    }

    /// How many bytes the operating system buffers that a client has not read. Only Linux reports
    /// it.
    pub fn bytes_in_transit(&self, who: ClientId) -> Option<usize> {
        let client = self.clients[who].address.port();
        sockets::unread(self.server.address.port(), client)
    }
}

// Waiting and reports.

impl Harness<'_> {
    /// Waits until `done` holds. Returns false after the deadline.
    pub fn wait_for(&mut self, deadline: Instant, done: impl Fn(&Self) -> bool) -> bool {
        while !done(self) {
            if !self.take_report(deadline) {
                return false;
            }
        }
        true
    }

    /// Whether the deadline has not passed and nothing was cancelled. Every waiting loop checks
    /// this.
    pub fn has_time(&self, deadline: Instant) -> bool {
        !self.cancelled.load(SeqCst) && Instant::now() < deadline
    }

    pub fn wait_until(&mut self, deadline: Instant) {
        while self.take_report(deadline) {}
    }

    /// Takes one report, waiting until the deadline. Returns false after that, even if a server
    /// sends without end.
    pub fn take_report(&mut self, deadline: Instant) -> bool {
        while self.has_time(deadline) {
            let left = deadline.saturating_duration_since(Instant::now());
            let wait = left.min(self.display.poll_interval());
            let asked = Instant::now();
            let report = self.reports.recv_timeout(wait);
            if report.is_err() {
                self.late += asked.elapsed().saturating_sub(wait);
            }
            self.sample_threads();
            if let Ok(report) = report {
                self.apply(report);
                return true;
            }
            let started = self.started.unwrap_or_else(Instant::now);
            self.observer.waiting(started.elapsed());
        }
        false
    }

    fn apply(&mut self, report: Report) {
        match report.what {
            Reported::Received(who, bytes) => {
                let client = &mut self.clients[who];
                client.receive(report.at, &bytes);
                self.keys.learn_and_hide(&mut client.unread);
                self.keys.learn_and_hide(&mut client.log);
                if self.display.shows_text() && !client.is_muted {
                    for line in lines(&bytes) {
                        let text = self.masked(line);
                        let wrong = self.display.expects.expected_instead_of(who, &text);
                        self.record_expecting(report.at, Some(who), EventKind::Heard(text), wrong);
                    }
                }
            }
            Reported::Ended(who, end) => {
                let client = &mut self.clients[who];
                client.received_at = report.at;
                client.end = Some(end);
                if client.is_connected() {
                    self.record(report.at, Some(who), EventKind::Disconnected);
                }
            }
            Reported::Printed(printed) => self.record_printed(&printed),
        }
    }

    fn record_printed(&mut self, printed: &Printed) {
        if let Some(line) = self
            .output
            .add(&printed.what)
            .filter(|_| self.display.is_on)
        {
            let text = self.masked(line);
            self.record(printed.at, None, EventKind::Printed(text));
        }
    }

    pub fn record(&mut self, at: Instant, client: Option<ClientId>, what: EventKind) {
        self.record_expecting(at, client, what, None);
    }

    /// The same for an event that may be wrong.
    pub fn record_expecting(
        &mut self,
        at: Instant,
        client: Option<ClientId>,
        what: EventKind,
        expected: Option<String>,
    ) {
        let started = self.started.unwrap_or(at);
        let at = at
            .saturating_duration_since(started)
            .max(self.last_event_at);
        self.last_event_at = at;
        let is_setup = match what {
            EventKind::Connected => true,
            EventKind::Said(_) | EventKind::Heard(_) => self.display.is_setup && expected.is_none(),
            _ => false,
        };
        self.observer.saw(&Event {
            at,
            client,
            what,
            expected,
            is_setup,
        });
    }

    /// Records an action of a client that no other client can see.
    pub fn note(&mut self, who: ClientId, what: &'static str) {
        self.record(Instant::now(), Some(who), EventKind::Action(what));
    }
}

// Recording for a display.

impl Harness<'_> {
    /// Records everything that a display needs from now on.
    pub fn record_for_display(&mut self) {
        self.display.is_on = true;
        self.display.expects.is_on = true;
        self.display.sampler.is_on = !self.server.is_shared() && self.twin.is_none();
    }

    /// Pauses so that a display shows events one after the other.
    pub fn pause(&mut self) {
        if !self.display.shows_text() {
            return;
        }
        self.wait_until(Instant::now() + PAUSE);
        if self.display.sampler.is_on {
            let settled = |harness: &Self| harness.display.sampler.is_settled();
            self.wait_for(Instant::now() + SETTLED, settled);
        }
    }

    /// Shows the server's first output before the first client connects.
    fn wait_for_first_output(&mut self) {
        if self.display.is_on && !self.server.is_shared() {
            let deadline = Instant::now() + FIRST_OUTPUT;
            self.wait_for(deadline, |harness| !harness.output.stdout.is_empty());
            self.pause();
        }
    }

    fn sample_threads(&mut self) {
        if !self.display.sampler.is_due() {
            return;
        }
        let (processes, name_of) = (self.server.processes(), self.name_of_port());
        let is_busy = self.display.is_muted;
        let sampler = &mut self.display.sampler;
        if let Some(threads) = sampler.sample(&processes, name_of, is_busy) {
            self.record(Instant::now(), None, EventKind::Waits(threads));
        }
    }
}
