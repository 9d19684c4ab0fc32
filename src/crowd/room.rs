//! All clients of the crowd: one thread reads and writes for them, and their sockets never block.
//!
//! The thread sweeps: it reads from each client in turn. std cannot tell which sockets are readable, so a sweep tries
//! them all, and pays off once most have input. Between sweeps the thread blocks on one client that has not
//! heard everything yet.

use std::io::{self, ErrorKind};
use std::mem;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::client::{self, Client, SHORT_WAIT};
use super::faults::State;
use super::progress::Progress;
use super::transcript::{self, Cursor, Transcript};
use crate::os::sockets;

/// How much one read may take: more than usually waits.
const BUFFER: usize = 256 * 1024;
/// While clients connect, the others are read from this often.
const SWEEP_INTERVAL: Duration = Duration::from_millis(5);
/// How many connections may wait to be accepted: half the backlog that std asks for.
const BACKLOG: usize = 64;
/// How long to wait for the server to accept any of them.
const BACKLOG_TIMEOUT: Duration = Duration::from_millis(500);

/// How long Windows may take to say that nobody listens: it tries more than once.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(3);

/// How long things may take.
#[derive(Clone, Copy)]
pub struct Limits {
    /// How long it may be that no client hears anything.
    pub patience: Duration,
    /// When all must be over.
    pub deadline: Instant,
}

/// Why the test stopped early.
#[derive(Clone)]
pub enum Stuck {
    /// The client with this number could not connect.
    CannotConnect(usize, String),
    /// The server disconnected this client before all had joined.
    Disconnected(usize),
    /// The server disconnected all of them.
    AllDisconnected,
    /// No client heard anything for this long.
    Silent(Duration),
    /// The whole took too long.
    TimeIsUp,
}

/// All clients that read, and what they have heard.
pub struct Room<'a> {
    pub clients: Vec<Client>,
    pub transcript: Transcript,
    buffer: Vec<u8>,
    limits: Limits,
    progress: &'a mut Progress,
    /// How long a message is.
    size: usize,
    /// The number of the last roll call, and whether everybody has answered one.
    call: usize,
    pub is_open: bool,
    /// How many messages were said, and how many are left for the talkers.
    pub said: usize,
    left: usize,
    /// When a client last heard anything new.
    heard_at: Instant,
    /// The longest time that a client heard nothing while others talked.
    pub pause: Duration,
}

impl<'a> Room<'a> {
    pub fn new(clients: usize, size: usize, limits: Limits, progress: &'a mut Progress) -> Self {
        Room {
            clients: Vec::with_capacity(clients),
            transcript: Transcript::new(clients),
            buffer: vec![0; BUFFER],
            limits,
            progress,
            size,
            call: 0,
            is_open: false,
            said: 0,
            left: 0,
            heard_at: Instant::now(),
            pause: Duration::ZERO,
        }
    }

    /// Names the next part of the test.
    pub fn title(&mut self, title: &str) {
        self.progress.title(title);
    }

    /// How many messages all clients together have heard.
    pub fn deliveries(&self) -> usize {
        let heard = |client: &Client| {
            let (heard, missing) = client.cursor.account(&self.transcript);
            heard.iter().sum::<usize>() - missing.len()
        };
        self.clients.iter().map(heard).sum()
    }

    /// Connects clients up to this number, as fast as the server accepts them; to several servers in turn.
    pub fn fill(&mut self, addresses: &[SocketAddr], number: usize) -> io::Result<()> {
        let mut is_patient = true;
        let mut swept = Instant::now();
        while self.clients.len() < number {
            let stream = self.connect(addresses[self.clients.len() % addresses.len()])?;
            self.enter(stream)?;
            // Clients in the room hear of each arrival, and must read it.
            if swept.elapsed() > SWEEP_INTERVAL {
                self.sweep();
                swept = Instant::now();
            }
            is_patient = is_patient && self.server_accepts();
            self.progress
                .show(|| format!("{} connected", self.clients.len()));
        }
        Ok(())
    }

    /// Waits while too many connections are not yet accepted: a full backlog drops new ones, and they try again only
    /// after a second. The first client hears of each arrival; if it hears of none, waiting is of no use.
    fn server_accepts(&mut self) -> bool {
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

    pub fn enter(&mut self, stream: TcpStream) -> io::Result<()> {
        self.clients.push(Client::new(stream)?);
        Ok(())
    }

    /// Connects, and tries again for a while: the server may be busy.
    pub fn connect(&mut self, address: SocketAddr) -> io::Result<TcpStream> {
        let deadline = self
            .limits
            .deadline
            .min(Instant::now() + self.limits.patience);
        loop {
            match client::connect(address) {
                Ok(stream) => return Ok(stream),
                Err(error) if Instant::now() > deadline || client::is_for_good(&error) => {
                    return Err(error);
                }
                Err(_) => {
                    self.sweep();
                    std::thread::sleep(SHORT_WAIT);
                }
            }
        }
    }

    /// Waits until everybody is in the room: all must hear the same line. The first client says it again and again; a
    /// client that joined too late for one hears the next.
    pub fn call_roll(&mut self) -> Result<(), Stuck> {
        let mut pause = SHORT_WAIT;
        self.heard_at = Instant::now();
        loop {
            self.call += 1;
            self.clients[0].call_roll(self.call);
            let again = Instant::now() + pause;
            let is_due =
                |room: &Self| room.clients[0].last_call == room.call && Instant::now() > again;
            self.until(|room| room.gone().is_some() || room.nobody_is_behind() || is_due(room))?;
            if let Some(index) = self.gone() {
                return Err(Stuck::Disconnected(index + 1));
            }
            if self.nobody_is_behind() {
                break;
            }
            pause = (2 * pause).min(self.limits.patience / 4);
        }
        self.is_open = true;
        for client in &mut self.clients {
            client.cursor = Cursor::with(mem::take(&mut client.rest));
        }
        Ok(())
    }

    /// Lets the talkers say so many messages between them, until everybody has heard all. Each says its next one as
    /// soon as it has heard its last.
    pub fn talk(&mut self, talkers: &[usize], messages: usize) -> Result<(), Stuck> {
        let now = Instant::now();
        for client in &mut self.clients {
            client.heard_at = now;
        }
        (self.left, self.heard_at) = (messages, now);
        for &talker in talkers {
            self.clients[talker].talks = true;
            self.say_next(talker);
        }
        self.until(|room| room.left == 0 && room.nobody_is_behind())
            .inspect_err(|_| self.note_pauses())
    }

    /// What became of the server: a newcomer connects, and it, the first client and those who talked say something.
    /// Anything that anybody hears is an answer.
    pub fn state_of(&mut self, address: SocketAddr) -> State {
        self.title("does it still answer?");
        let newcomer = sockets::connect(&address, REFUSAL_TIMEOUT);
        let is_refused = |newcomer: &io::Result<_>| matches!(newcomer, Err(error) if error.kind() == ErrorKind::ConnectionRefused);
        if is_refused(&newcomer) {
            return State::Dead(address);
        }
        let newcomer = newcomer.and_then(Client::new).ok();
        (self.call, self.left) = (self.call + 1, 0);
        self.clients.extend(newcomer);
        let last = self.clients.len() - 1;
        for (index, client) in self.clients.iter_mut().enumerate() {
            if client.said > 0 || [0, last].contains(&index) {
                client.call_roll(self.call);
            }
        }
        let begun = Instant::now();
        while begun.elapsed() < self.limits.patience {
            if self.sweep() {
                return State::Answers;
            }
            self.wait_for_input();
        }
        // A program that is just being ended may lose its clients first, and then the place where it listens.
        if is_refused(&sockets::connect(&address, REFUSAL_TIMEOUT)) {
            return State::Dead(address);
        }
        State::Hung
    }

    /// Counts the pauses of clients that wait until the end.
    fn note_pauses(&mut self) {
        for index in 0..self.clients.len() {
            if self.is_behind(index) {
                self.pause = self.pause.max(self.clients[index].heard_at.elapsed());
            }
        }
    }

    /// One client says one message. Returns how long it took until everybody had heard it.
    pub fn say_one(&mut self, talker: usize) -> Result<Duration, Stuck> {
        let begun = Instant::now();
        self.heard_at = begun;
        self.says(talker);
        self.until(Self::nobody_is_behind)?;
        Ok(begun.elapsed())
    }

    fn say_next(&mut self, index: usize) {
        let client = &self.clients[index];
        if client.talks
            && self.left > 0
            && client
                .cursor
                .has_heard(index, client.said, &self.transcript)
        {
            self.left -= 1;
            self.says(index);
        }
    }

    fn says(&mut self, index: usize) {
        let client = &mut self.clients[index];
        let message = transcript::message(index, client.said, self.size);
        client.said += 1;
        self.said += 1;
        client.says(&message);
    }

    /// Sweeps until a condition holds, or a limit is reached.
    fn until(&mut self, is_done: impl Fn(&Self) -> bool) -> Result<(), Stuck> {
        loop {
            let found = self.sweep();
            if is_done(self) {
                return Ok(());
            }
            self.check_limits()?;
            if !found {
                self.wait_for_input();
            }
            self.show_progress();
        }
    }

    fn check_limits(&self) -> Result<(), Stuck> {
        if self.clients.iter().all(|client| client.is_gone) {
            return Err(Stuck::AllDisconnected);
        }
        if Instant::now() > self.limits.deadline {
            return Err(Stuck::TimeIsUp);
        }
        if self.heard_at.elapsed() > self.limits.patience {
            return Err(Stuck::Silent(self.limits.patience));
        }
        Ok(())
    }

    fn show_progress(&mut self) {
        let (said, left) = (self.said, self.left);
        self.progress
            .show(|| format!("{said} messages said, {left} to go"));
    }

    /// Reads what each client has received. Returns whether there was anything.
    fn sweep(&mut self) -> bool {
        let now = Instant::now();
        let mut found = false;
        for index in 0..self.clients.len() {
            if self.receive(index, now) {
                found = true;
                self.say_next(index);
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
            self.pause = self.pause.max(now - client.heard_at);
        }
        if self.is_open || client.note_roll_calls(bytes) {
            self.heard_at = now;
        }
        client.heard_at = now;
        true
    }

    /// Waits until a client that has not heard everything has input.
    fn wait_for_input(&self) {
        match self.behind().next() {
            Some(index) => self.clients[index].wait_until_readable(),
            None => std::thread::sleep(SHORT_WAIT),
        }
    }

    fn is_behind(&self, index: usize) -> bool {
        let client = &self.clients[index];
        if self.is_open {
            !client.is_gone && !client.cursor.has_heard_all(self.said, &self.transcript)
        } else {
            !client.is_gone && client.last_call < self.call
        }
    }

    fn nobody_is_behind(&self) -> bool {
        self.behind().next().is_none()
    }

    /// A client that the server has disconnected.
    fn gone(&self) -> Option<usize> {
        self.clients.iter().position(|client| client.is_gone)
    }

    /// The clients that have not heard everything.
    pub fn behind(&self) -> impl Iterator<Item = usize> {
        (0..self.clients.len()).filter(|&index| self.is_behind(index))
    }
}
