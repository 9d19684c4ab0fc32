//! The crowd in its room: one thread for all clients, whose sockets never block.
//!
//! It sweeps: it reads what each client has received, one after the other. Nobody tells it who has
//! received something, so a sweep asks everybody, and should come when nearly everybody has. That
//! is what the bell is for: between sweeps the thread sleeps until one client has received
//! something, one that has not heard all yet.

use std::io;
use std::mem;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::client::{self, Client, NAP};
use super::progress::Progress;
use super::record::{self, Ear, Record};

/// How much one read may take: more than usually waits.
const BUFFER: usize = 256 * 1024;
/// While the crowd connects, it listens this often.
const BETWEEN: Duration = Duration::from_millis(5);
/// How many may be at the door: half of what std lets the system keep there.
const QUEUE: usize = 64;
/// How long they wait there for anybody to be let in.
const DOOR: Duration = Duration::from_millis(500);

/// How long things may take.
#[derive(Clone, Copy)]
pub struct Limits {
    /// How long nobody may hear anything.
    pub patience: Duration,
    /// When all must be over.
    pub deadline: Instant,
}

/// Why the crowd stopped before it was done.
#[derive(Clone)]
pub enum Stuck {
    /// The client with this number could not connect.
    NotLetIn(usize, String),
    /// A client was disconnected before it was in the room.
    TurnedAway(usize),
    /// Nobody heard anything for so long.
    Silent(Duration),
    /// The whole took too long.
    TimeIsUp,
}

/// All clients that listen, and what they have heard.
pub struct Room<'a> {
    pub clients: Vec<Client>,
    pub record: Record,
    buffer: Vec<u8>,
    limits: Limits,
    progress: &'a mut Progress,
    /// How long a message is.
    size: usize,
    /// The number of the last roll call, and whether it is over.
    call: usize,
    pub is_open: bool,
    /// How many messages were said, and how many are left for those who talk.
    pub said: usize,
    left: usize,
    /// When anybody heard anything new.
    heard_at: Instant,
    /// The longest time that a client heard nothing while others talked.
    pub pause: Duration,
}

impl<'a> Room<'a> {
    pub fn new(clients: usize, size: usize, limits: Limits, progress: &'a mut Progress) -> Self {
        Room {
            clients: Vec::with_capacity(clients),
            record: Record::new(clients),
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

    /// Begins another part of the visit.
    pub fn title(&mut self, title: &str) {
        self.progress.title(title);
    }

    /// How many messages were heard, by all together.
    pub fn deliveries(&self) -> usize {
        let heard = |client: &Client| {
            let (heard, missing) = client.ear.account(&self.record);
            heard.iter().sum::<usize>() - missing.len()
        };
        self.clients.iter().map(heard).sum()
    }

    /// Lets so many clients connect, as fast as the server lets them in.
    pub fn fill(&mut self, address: SocketAddr, number: usize) -> io::Result<()> {
        let mut is_patient = true;
        let mut swept = Instant::now();
        while self.clients.len() < number {
            let stream = self.connect(address)?;
            self.enter(stream)?;
            // Those who are there hear of each arrival: they must read it, too.
            if swept.elapsed() > BETWEEN {
                self.sweep();
                swept = Instant::now();
            }
            is_patient = is_patient && self.queue_moves();
            self.progress
                .show(|| format!("{} connected", self.clients.len()));
        }
        Ok(())
    }

    /// Waits while too many are at the door: where the queue is full, the system turns them away,
    /// and they come again after a second. The first one hears who is let in; if it does not hear
    /// of anybody, there is nothing to wait for.
    fn queue_moves(&mut self) -> bool {
        let deadline = Instant::now() + DOOR;
        while self.clients.len() > self.clients[0].arrivals + QUEUE {
            if Instant::now() > deadline || self.clients[0].is_gone {
                return false;
            }
            self.clients[0].rings();
            self.sweep();
        }
        true
    }

    pub fn enter(&mut self, stream: TcpStream) -> io::Result<()> {
        self.clients.push(Client::new(stream)?);
        Ok(())
    }

    /// Connects, and tries again for a while: the server may have too much to do.
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
                    std::thread::sleep(NAP);
                }
            }
        }
    }

    /// Waits until everybody is in the room: all must hear one and the same line. The first one
    /// says it; who came too late to hear it hears the next.
    pub fn call_roll(&mut self) -> Result<(), Stuck> {
        let mut pause = NAP;
        self.heard_at = Instant::now();
        loop {
            self.call += 1;
            self.clients[0].calls_roll(self.call);
            let again = Instant::now() + pause;
            let is_due =
                |room: &Self| room.clients[0].called == room.call && Instant::now() > again;
            self.until(|room| room.gone().is_some() || room.nobody_is_behind() || is_due(room))?;
            if let Some(index) = self.gone() {
                return Err(Stuck::TurnedAway(index + 1));
            }
            if self.nobody_is_behind() {
                break;
            }
            pause = (2 * pause).min(self.limits.patience / 4);
        }
        self.is_open = true;
        for client in &mut self.clients {
            client.ear = Ear::with(mem::take(&mut client.rest));
        }
        Ok(())
    }

    /// Lets some of the clients say so many messages between them, each one the next as soon as it
    /// has heard its last; until everybody has heard all.
    pub fn talk(&mut self, talkers: &[usize], messages: usize) -> Result<(), Stuck> {
        let now = Instant::now();
        for client in &mut self.clients {
            client.heard_at = now;
        }
        (self.left, self.heard_at) = (messages, now);
        for &talker in talkers {
            self.clients[talker].talks = true;
            self.goes_on(talker);
        }
        self.until(|room| room.left == 0 && room.nobody_is_behind())
            .inspect_err(|_| self.note_pauses())
    }

    /// Those who hear nothing until the end have the longest pause of all.
    fn note_pauses(&mut self) {
        for index in 0..self.clients.len() {
            if self.is_behind(index) {
                self.pause = self.pause.max(self.clients[index].heard_at.elapsed());
            }
        }
    }

    /// One client says one message. Returns how long it takes until everybody has heard it.
    pub fn say_one(&mut self, talker: usize) -> Result<Duration, Stuck> {
        let begun = Instant::now();
        self.heard_at = begun;
        self.says(talker);
        self.until(Self::nobody_is_behind)?;
        Ok(begun.elapsed())
    }

    fn goes_on(&mut self, index: usize) {
        let client = &self.clients[index];
        if client.talks && self.left > 0 && client.ear.has_heard(index, client.said, &self.record) {
            self.left -= 1;
            self.says(index);
        }
    }

    fn says(&mut self, index: usize) {
        let client = &mut self.clients[index];
        let message = record::message(index, client.said, self.size);
        client.said += 1;
        self.said += 1;
        client.says(&message);
    }

    /// Sweeps until something has come about, or never will.
    fn until(&mut self, has_come_about: impl Fn(&Self) -> bool) -> Result<(), Stuck> {
        loop {
            let found = self.sweep();
            if has_come_about(self) {
                return Ok(());
            }
            self.check_limits()?;
            if !found {
                self.wait_for_the_bell();
            }
            self.show_progress();
        }
    }

    fn check_limits(&self) -> Result<(), Stuck> {
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

    /// Reads what everybody has received. Returns whether there was anything.
    fn sweep(&mut self) -> bool {
        let now = Instant::now();
        let mut found = false;
        for index in 0..self.clients.len() {
            if self.receive(index, now) {
                found = true;
                self.goes_on(index);
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
            client.ear.hear(bytes, &mut self.record);
            self.pause = self.pause.max(now - client.heard_at);
        }
        if self.is_open || client.is_called(bytes) {
            self.heard_at = now;
        }
        client.heard_at = now;
        true
    }

    /// Sleeps until a client that has not heard all has received something.
    fn wait_for_the_bell(&self) {
        match self.behind().next() {
            Some(index) => self.clients[index].rings(),
            None => std::thread::sleep(NAP),
        }
    }

    fn is_behind(&self, index: usize) -> bool {
        let client = &self.clients[index];
        if self.is_open {
            !client.is_gone && !client.ear.has_heard_all(self.said, &self.record)
        } else {
            !client.is_gone && client.called < self.call
        }
    }

    fn nobody_is_behind(&self) -> bool {
        self.behind().next().is_none()
    }

    /// One whom the server has disconnected.
    fn gone(&self) -> Option<usize> {
        self.clients.iter().position(|client| client.is_gone)
    }

    /// Those who have not heard all.
    pub fn behind(&self) -> impl Iterator<Item = usize> {
        (0..self.clients.len()).filter(|&index| self.is_behind(index))
    }
}
