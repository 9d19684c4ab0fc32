//! All clients of the load test. One thread reads and writes for them; their sockets never block.
//!
//! The thread sweeps: it reads from each client in turn. std cannot tell which sockets are
//! readable, so a sweep tries them all, which pays off once most have input. Between sweeps the
//! thread blocks on one client that has not received everything yet.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::client::{self, Client, SHORT_WAIT};
use super::options::Options;
use super::progress::Progress;
use super::transcript::{self, Received, Transcript};
use crate::os::sockets;

/// The size of a read: more than is usually available.
const BUFFER: usize = 256 * 1024;
/// While clients connect, the others are read from this often.
const SWEEP_INTERVAL: Duration = Duration::from_millis(5);
/// How many connections may wait for `accept`: half the backlog that std asks for.
const BACKLOG: usize = 64;
/// How long to wait for the server to accept any of them.
const BACKLOG_TIMEOUT: Duration = Duration::from_millis(500);
/// Windows tries more than once before it reports that a connection is refused.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a test ended early.
pub enum Abort {
    /// The server does not listen at its address: the reason.
    NeverListened(String),
    /// The client with this number could not connect.
    CannotConnect(usize, io::Error),
    /// The server disconnected this client before all had joined.
    Disconnected(usize),
    AllDisconnected,
    /// No client received anything for this long; the clients that wait, in words.
    Silent(Duration, String),
    TimeIsUp(String),
}

impl fmt::Display for Abort {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Abort::NeverListened(reason) => f.write_str(reason),
            Abort::CannotConnect(client, error) => {
                write!(f, "client {client} could not connect: {error}")
            }
            Abort::Disconnected(client) => {
                write!(f, "client {client} was disconnected as it joined")
            }
            Abort::AllDisconnected => f.write_str("every client was disconnected"),
            Abort::Silent(time, waiting) => {
                let seconds = time.as_secs_f64();
                write!(
                    f,
                    "stuck: for {seconds} s no client received anything; {waiting}"
                )
            }
            Abort::TimeIsUp(waiting) => write!(f, "not done when the time was up; {waiting}"),
        }
    }
}

/// The state of the server after a failed test.
#[derive(Default, PartialEq)]
pub enum Liveness {
    /// Some client receives something.
    #[default]
    Answers,
    /// The kernel still completes the handshake, but no client receives anything.
    Hung,
    /// The server has ended: its exit status, or that nothing listens.
    Dead(String),
}

/// All clients that read, and what they have received.
pub struct Room<'a> {
    options: &'a Options,
    pub clients: Vec<Client>,
    transcript: Transcript,
    buffer: Vec<u8>,
    pub progress: &'a mut Progress,
    /// When the test must be over.
    pub deadline: Instant,
    /// The number of the last roll call.
    roll_call: usize,
    /// Every client has received a roll call.
    pub is_open: bool,
    /// How many messages were sent, and how many are left for the talkers.
    pub sent: usize,
    left: usize,
    /// When a client last received something new.
    received_at: Instant,
    /// The longest time that a client received nothing while others talked.
    pub longest_pause: Duration,
}

impl<'a> Room<'a> {
    pub fn new(options: &'a Options, progress: &'a mut Progress) -> Self {
        let now = Instant::now();
        Room {
            options,
            clients: Vec::with_capacity(options.clients),
            transcript: Transcript::new(options.clients),
            buffer: vec![0; BUFFER],
            progress,
            deadline: now + options.limit,
            roll_call: 0,
            is_open: false,
            sent: 0,
            left: 0,
            received_at: now,
            longest_pause: Duration::ZERO,
        }
    }

    /// Connects the clients, as fast as the servers accept them.
    pub fn fill(&mut self, servers: &[SocketAddr]) -> io::Result<()> {
        let mut accepts = true;
        let mut swept = Instant::now();
        while self.clients.len() < self.options.clients {
            let client = self.connect(servers[self.clients.len() % servers.len()])?;
            self.clients.push(client);
            // Each arrival is announced to the clients in the room, which must read it.
            if swept.elapsed() > SWEEP_INTERVAL {
                self.sweep();
                swept = Instant::now();
            }
            accepts = accepts && self.wait_for_accept();
            let count = self.clients.len();
            self.progress.show(|| format!("joining: {count} connected"));
        }
        Ok(())
    }

    /// Waits while too many connections are not accepted yet: a full backlog drops new ones, which
    /// are retried only after a second. Each arrival is announced to the first client; if none is,
    /// waiting is useless.
    fn wait_for_accept(&mut self) -> bool {
        let deadline = Instant::now() + BACKLOG_TIMEOUT;
        while self.clients.len() > self.clients[0].arrivals + BACKLOG {
            if Instant::now() > deadline || self.clients[0].is_gone {
                return false;
            }
            self.clients[0].wait_until_readable();
            self.sweep();
        }
        true
    }

    /// Connects, with retries for a while: the server may be busy.
    pub fn connect(&mut self, server: SocketAddr) -> io::Result<Client> {
        let deadline = self.deadline.min(Instant::now() + self.options.patience);
        loop {
            match client::connect(server) {
                Ok(stream) => return Client::new(stream),
                Err(error) if Instant::now() > deadline || client::is_permanent(&error) => {
                    return Err(error);
                }
                Err(_) => {
                    self.sweep();
                    thread::sleep(SHORT_WAIT);
                }
            }
        }
    }

    /// Waits until every client has joined: each must receive a roll call. The first client repeats
    /// it, so a client that joined too late for one receives the next.
    pub fn call_roll(&mut self) -> Result<(), Abort> {
        let mut pause = SHORT_WAIT;
        self.received_at = Instant::now();
        loop {
            self.roll_call += 1;
            self.clients[0].send_roll_call(self.roll_call);
            let again = Instant::now() + pause;
            self.sweep_until(|room| {
                let came_back = room.clients[0].roll_call == room.roll_call;
                let is_over = room.all_are_done() || room.disconnected().is_some();
                is_over || came_back && Instant::now() > again
            })?;
            if let Some(index) = self.disconnected() {
                return Err(Abort::Disconnected(index + 1));
            }
            if self.all_are_done() {
                self.is_open = true;
                return Ok(());
            }
            pause = (2 * pause).min(self.options.patience / 4);
        }
    }

    fn disconnected(&self) -> Option<usize> {
        self.clients.iter().position(|client| client.is_gone)
    }

    /// Has the talkers send all messages, until every client has received them. Each talker sends
    /// its next one as soon as it has received its last one.
    pub fn talk(&mut self, talkers: &[usize]) -> Result<(), Abort> {
        let now = Instant::now();
        for client in &mut self.clients {
            client.received_at = now;
        }
        (self.left, self.received_at) = (self.options.messages, now);
        for &talker in talkers {
            self.clients[talker].talks = true;
            self.send_next(talker);
        }
        self.sweep_until(|room| room.left == 0 && room.all_are_done())
            .inspect_err(|_| self.note_last_pauses())
    }

    /// Counts the pauses of clients that wait until the end.
    fn note_last_pauses(&mut self) {
        let pauses = self
            .waiting()
            .map(|index| self.clients[index].received_at.elapsed());
        self.longest_pause = pauses.fold(self.longest_pause, Duration::max);
    }

    /// One client sends one message. Returns how long it took until every client had received it.
    pub fn send_one(&mut self, talker: usize) -> Result<Duration, Abort> {
        let begun = Instant::now();
        self.received_at = begun;
        self.send(talker);
        self.sweep_until(Self::all_are_done)?;
        Ok(begun.elapsed())
    }

    fn send_next(&mut self, index: usize) {
        let Client {
            cursor,
            sent,
            talks,
            ..
        } = &self.clients[index];
        if *talks && self.left > 0 && cursor.has_received(index, *sent, &self.transcript) {
            self.left -= 1;
            self.send(index);
        }
    }

    fn send(&mut self, index: usize) {
        let client = &mut self.clients[index];
        let message = transcript::message(index, client.sent, self.options.message_size());
        client.sent += 1;
        self.sent += 1;
        client.send(&message);
    }

    /// Finds out whether the server still answers. A new client, the first one and all talkers send
    /// something: anything a client receives then is an answer.
    pub fn probe_liveness(&mut self, server: SocketAddr) -> Liveness {
        let dead = || Liveness::Dead(format!("nothing listens at {server} any more"));
        let stream = sockets::connect(&server, REFUSAL_TIMEOUT);
        if is_refused(&stream) {
            return dead();
        }
        self.clients.extend(stream.and_then(Client::new).ok());
        self.send_roll_calls();
        if self.receives_anything() {
            return Liveness::Answers;
        }
        // A program that is being killed may lose its clients before its listener.
        if is_refused(&sockets::connect(&server, REFUSAL_TIMEOUT)) {
            return dead();
        }
        Liveness::Hung
    }

    fn send_roll_calls(&mut self) {
        (self.roll_call, self.left) = (self.roll_call + 1, 0);
        let clients = self.clients.len();
        for (index, client) in self.clients.iter_mut().enumerate() {
            if client.sent > 0 || index == 0 || index + 1 == clients {
                client.send_roll_call(self.roll_call);
            }
        }
    }

    fn receives_anything(&mut self) -> bool {
        let deadline = Instant::now() + self.options.patience;
        while Instant::now() < deadline {
            if self.sweep() {
                return true;
            }
            self.wait_for_input();
            self.progress
                .show(|| "does the server still answer?".to_string());
        }
        false
    }

    /// Sweeps until a condition holds, or a limit is reached.
    fn sweep_until(&mut self, is_done: impl Fn(&Self) -> bool) -> Result<(), Abort> {
        loop {
            let found = self.sweep();
            if is_done(self) {
                return Ok(());
            }
            self.check_limits()?;
            if !found {
                self.wait_for_input();
            }
            let (sent, left) = (self.sent, self.left);
            self.progress
                .show(|| format!("{sent} messages sent, {left} to go"));
        }
    }

    fn check_limits(&self) -> Result<(), Abort> {
        if self.clients.iter().all(|client| client.is_gone) {
            return Err(Abort::AllDisconnected);
        }
        if Instant::now() > self.deadline {
            return Err(Abort::TimeIsUp(self.describe_waiting()));
        }
        if self.received_at.elapsed() > self.options.patience {
            let waiting = self.describe_waiting();
            return Err(Abort::Silent(self.options.patience, waiting));
        }
        Ok(())
    }

    /// Reads what each client has received. Returns whether there was anything.
    fn sweep(&mut self) -> bool {
        let now = Instant::now();
        let mut found = false;
        for index in 0..self.clients.len() {
            if self.receive(index, now) {
                found = true;
                self.send_next(index);
            }
            self.clients[index].flush();
        }
        found
    }

    fn receive(&mut self, index: usize, now: Instant) -> bool {
        let client = &mut self.clients[index];
        let bytes = client.receive(&mut self.buffer);
        if bytes.is_empty() {
            return false;
        }
        if self.is_open {
            client.cursor.take(bytes, &mut self.transcript);
            self.longest_pause = self.longest_pause.max(now - client.received_at);
        }
        if self.is_open || client.take_while_joining(bytes) {
            self.received_at = now;
        }
        client.received_at = now;
        true
    }

    /// Waits until a client that has not received everything has input.
    fn wait_for_input(&self) {
        match self.waiting().next() {
            Some(index) => self.clients[index].wait_until_readable(),
            None => thread::sleep(SHORT_WAIT),
        }
    }

    /// The clients that have not received everything.
    fn waiting(&self) -> impl Iterator<Item = usize> {
        (0..self.clients.len()).filter(|&index| self.is_waiting(&self.clients[index]))
    }

    fn describe_waiting(&self) -> String {
        let first = self.waiting().next().map_or(1, |index| index + 1);
        match self.waiting().count() {
            0 | 1 => format!("client {first} waits"),
            count => format!("{count} clients wait, such as client {first}"),
        }
    }

    fn is_waiting(&self, client: &Client) -> bool {
        let has_all = if self.is_open {
            client.cursor.has_received_all(self.sent, &self.transcript)
        } else {
            client.roll_call >= self.roll_call
        };
        !client.is_gone && !has_all
    }

    fn all_are_done(&self) -> bool {
        self.waiting().next().is_none()
    }

    /// How many messages all clients together have received.
    pub fn deliveries(&self) -> usize {
        let counts = self
            .clients
            .iter()
            .map(|client| self.received(client).count());
        counts.sum()
    }

    /// The messages that a client has received.
    pub fn received(&self, client: &Client) -> Received {
        client.cursor.received(&self.transcript)
    }
}

fn is_refused(stream: &io::Result<TcpStream>) -> bool {
    let refused = |error: &io::Error| error.kind() == ErrorKind::ConnectionRefused;
    stream.as_ref().is_err_and(refused)
}
