//! One test of a server: clients connect, talk, and find out who is still connected.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::Options;
use super::client;
use super::faults::Faults;
use super::figures::Metrics;
use super::progress::Progress;
use super::room::{Limits, Room, Stuck};
use crate::error::CouldNotTry;
use crate::os::resources;
use crate::server::program::Ready;
use crate::server::{Output, Printed, Server};

/// How many of the server's printed lines are kept until they are needed.
const PRINTED_LIMIT: usize = 16 * 1024;
/// A program may take this many times the patience until it listens: it has to start first.
const START_FACTOR: u32 = 2;
/// How many messages are said one at a time, for the latency, and for how long at most.
const SINGLE_MESSAGES: usize = 300;
const SINGLE_MESSAGES_LIMIT: Duration = Duration::from_secs(3);
/// How many descriptors this process needs beyond one for each client; a server may need as many.
const SPARE_DESCRIPTORS: usize = 20;
/// How long to wait for the last output of a server that has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long the stalled clients may take to find out whether they are still connected.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(1);

/// What one test has found.
pub struct Outcome {
    pub figures: Metrics,
    pub faults: Faults,
}

/// Starts the server, connects the clients, lets them talk, and stops the server.
pub fn run(options: &Options, ready: &Ready) -> Result<Outcome, CouldNotTry> {
    let mut progress = Progress::new();
    let outcome = LoadTest::start(options, ready).and_then(|test| test.run(&mut progress));
    progress.clear();
    outcome
}

struct LoadTest<'a> {
    options: &'a Options,
    server: Server,
    /// The server's processes, if it is ours.
    processes: Vec<u32>,
    printed: Receiver<Printed>,
    limits: Limits,
    stalled: Vec<TcpStream>,
    figures: Metrics,
}

impl<'a> LoadTest<'a> {
    fn start(options: &'a Options, ready: &Ready) -> Result<Self, CouldNotTry> {
        let needed = options.clients() + options.stalled + SPARE_DESCRIPTORS;
        if let Some(limit) = resources::descriptor_limit("self").filter(|limit| *limit < needed) {
            return Err(too_few_descriptors("this command", Some(limit), needed));
        }
        let (sender, printed) = mpsc::sync_channel(PRINTED_LIMIT);
        Ok(LoadTest {
            options,
            server: Server::start(ready, move |line| sender.send(line).is_ok())?,
            processes: Vec::new(),
            printed,
            limits: Limits {
                patience: options.patience,
                deadline: Instant::now() + options.limit,
            },
            stalled: Vec::new(),
            figures: Metrics::default(),
        })
    }

    fn run(mut self, progress: &mut Progress) -> Result<Outcome, CouldNotTry> {
        progress.title("waiting for the server");
        let Some(first) = self.first_client(progress) else {
            let faults = Faults::never_listened(self.server.address, self.server.ended());
            return Ok(self.end(faults));
        };
        self.processes = self.server.processes();
        let memory = resources::memory(&self.processes);
        let begun = Instant::now();
        progress.title("joining");
        let options = self.options;
        let mut room = Room::new(options.clients(), options.size(), self.limits, progress);
        let mut outcome = self.fill(&mut room, first)?;
        outcome = outcome.and_then(|()| room.call_roll());
        self.figures.joined = begun.elapsed();
        self.enough_descriptors_there(&outcome)?;
        self.figures.memory_before = memory;
        self.figures.memory = resources::memory(&self.processes);
        if outcome.is_ok() {
            outcome = self
                .talk(&mut room)
                .and_then(|()| self.talk_one_at_a_time(&mut room));
        }
        let mut faults = Faults::of(&room, outcome.err(), self.options);
        faults.server_ended = self.server.ended();
        self.figures.disconnected = self.disconnected();
        self.stalled.clear(); // Whom they held up goes on.
        if faults.any() {
            faults.state = room.state_of(self.server.address);
        }
        drop(room);
        Ok(self.end(faults))
    }

    fn end(mut self, mut faults: Faults) -> Outcome {
        faults.stderr = self.stderr();
        Outcome {
            figures: self.figures,
            faults,
        }
    }

    /// Connects as soon as the server listens.
    fn first_client(&mut self, progress: &mut Progress) -> Option<TcpStream> {
        let begun = Instant::now();
        let patience = START_FACTOR * self.limits.patience;
        let deadline = self.limits.deadline.min(begun + patience);
        while Instant::now() < deadline && self.server.may_listen_yet(begun) {
            if let Ok(stream) = self.server.connect(client::CONNECT_TIMEOUT) {
                return Some(stream);
            }
            progress.show(String::new);
            thread::sleep(Duration::from_millis(10));
        }
        None
    }

    fn fill(
        &mut self,
        room: &mut Room,
        first: TcpStream,
    ) -> Result<Result<(), Stuck>, CouldNotTry> {
        let address = self.server.address;
        let filled = room.enter(first).and_then(|()| {
            let addresses = [&[address], &self.options.beside[..]].concat();
            room.fill(&addresses, self.options.clients())?;
            for _ in 0..self.options.stalled {
                self.stalled.push(room.connect(address)?);
            }
            Ok(())
        });
        let Err(error) = filled else {
            return Ok(Ok(()));
        };
        let present = room.clients.len() + self.stalled.len();
        if client::lacks_descriptors(&error) {
            let needed = self.options.clients() + self.options.stalled + SPARE_DESCRIPTORS;
            return Err(too_few_descriptors("this command", Some(present), needed));
        }
        Ok(Err(Stuck::CannotConnect(present + 1, error.to_string())))
    }

    /// If a client could not connect, the server may have no descriptor left. It may have closed some since, so two
    /// thirds of its limit count as all.
    fn enough_descriptors_there(&self, outcome: &Result<(), Stuck>) -> Result<(), CouldNotTry> {
        let (Err(_), Some(process)) = (outcome, self.processes.last()) else {
            return Ok(());
        };
        let process = process.to_string();
        let (has, limit) = (
            resources::descriptors(&process),
            resources::descriptor_limit(&process),
        );
        if has
            .zip(limit)
            .is_some_and(|(has, limit)| 3 * has >= 2 * limit)
        {
            let needed = 2 * (self.options.clients() + self.options.stalled + SPARE_DESCRIPTORS);
            return Err(too_few_descriptors("the server", limit, needed));
        }
        Ok(())
    }

    /// Each talker always has one message on its way.
    fn talk(&mut self, room: &mut Room) -> Result<(), Stuck> {
        room.title("talking");
        let used = resources::processor_time(&self.processes);
        let begun = Instant::now();
        let outcome = room.talk(&self.talkers(), self.options.messages());
        self.figures.talked = match outcome {
            Err(Stuck::Silent(patience)) => begun.elapsed().saturating_sub(patience),
            _ => begun.elapsed(),
        };
        let used_now = resources::processor_time(&self.processes);
        self.figures.processor_time = used_now
            .zip(used)
            .map(|(now, before)| now.saturating_sub(before));
        self.figures.deliveries = room.deliveries();
        self.figures.pause = room.pause;
        self.figures.memory_busy = resources::memory(&self.processes);
        outcome
    }

    /// One message at a time.
    fn talk_one_at_a_time(&mut self, room: &mut Room) -> Result<(), Stuck> {
        room.title("one message at a time");
        let begun = Instant::now();
        let talkers = self.talkers();
        for talker in talkers.iter().cycle().take(SINGLE_MESSAGES) {
            self.figures.latencies.push(room.say_one(*talker)?);
            if begun.elapsed() > SINGLE_MESSAGES_LIMIT {
                break;
            }
        }
        Ok(())
    }

    /// The clients that talk: spread over the order in which they joined.
    fn talkers(&self) -> Vec<usize> {
        let (clients, talkers) = (self.options.clients(), self.options.talkers());
        (0..talkers)
            .map(|talker| talker * clients / talkers)
            .collect()
    }

    /// How many of the stalled clients the server has disconnected. They read all there is to find out.
    fn disconnected(&mut self) -> usize {
        let deadline = Instant::now() + CATCH_UP_LIMIT;
        let all = self.stalled.len();
        for stream in &self.stalled {
            let _ = stream.set_nonblocking(true);
        }
        while !self.stalled.is_empty() && Instant::now() < deadline {
            self.stalled.retain(is_connected);
            thread::sleep(Duration::from_millis(5));
        }
        all - self.stalled.len()
    }

    /// What the server has written to its standard error.
    fn stderr(&mut self) -> Vec<u8> {
        let has_ended = self.server.ended().is_some();
        let deadline = Instant::now()
            + if has_ended {
                LAST_WORDS
            } else {
                Duration::ZERO
            };
        let (mut text, mut open) = (Vec::new(), 2);
        // No more than that: it may print without end.
        for _ in 0..PRINTED_LIMIT {
            if open == 0 {
                break;
            }
            let wait = deadline.saturating_duration_since(Instant::now());
            match self.printed.recv_timeout(wait).map(|printed| printed.what) {
                Ok(Output::Stderr(line)) => text.extend(line),
                Ok(Output::Ended) => open -= 1,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        text
    }
}

/// Reads what there is, but not for ever. Returns whether the connection has not ended.
fn is_connected(mut stream: &TcpStream) -> bool {
    let mut buffer = vec![0; 256 * 1024];
    for _ in 0..100 {
        match stream.read(&mut buffer) {
            Ok(1..) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
            Ok(0) | Err(_) => return false,
        }
    }
    true
}

fn too_few_descriptors(whose: &str, limit: Option<usize>, needed: usize) -> CouldNotTry {
    let limit = limit.map_or(String::new(), |limit| format!(" {limit}"));
    CouldNotTry(format!(
        "too few descriptors: {whose} may have no more than{limit}, and needs about {needed}. \
         Raise the limit with 'ulimit -n {needed}', or take fewer --clients"
    ))
}
