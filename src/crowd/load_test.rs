//! Runs one test of a server: clients connect and talk, and deliveries are counted and timed.

use std::io;
use std::iter;
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::client::{self, Client};
use super::faults::Faults;
use super::metrics::Metrics;
use super::options::Options;
use super::progress::Progress;
use super::room::{Abort, Liveness, Room};
use crate::error::CouldNotTry;
use crate::os::resources;
use crate::server::program::Ready;
use crate::server::{Output, Server};

/// How many of the lines that the server prints to stderr are kept.
const STDERR_LINES: usize = 16 * 1024;
/// How long to wait for the last output of a server that has ended.
const STDERR_TIMEOUT: Duration = Duration::from_millis(500);
/// How many times the patience a program may take until it listens: it has to start first.
const START_FACTOR: u32 = 2;
/// How many messages are sent one at a time, for the latency, and for how long at most.
const SINGLE_MESSAGES: usize = 300;
const SINGLE_MESSAGES_LIMIT: Duration = Duration::from_secs(3);
/// How many descriptors this process needs beyond one for each client; a server may need as many.
const SPARE_DESCRIPTORS: usize = 20;
/// How long the stalled clients may read, to find out whether they are still connected.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(1);

/// The result of one test.
pub struct Outcome {
    pub metrics: Metrics,
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
    /// The server's processes, if we started it.
    processes: Vec<u32>,
    stderr: Receiver<Vec<u8>>,
    /// Clients that never read.
    stalled: Vec<Client>,
    metrics: Metrics,
}

impl<'a> LoadTest<'a> {
    fn start(options: &'a Options, ready: &Ready) -> Result<Self, CouldNotTry> {
        let needed = descriptors(options);
        if let Some(limit) = resources::descriptor_limit("self").filter(|limit| *limit < needed) {
            return Err(too_few_descriptors("this command", limit, needed));
        }
        let (sender, stderr) = mpsc::sync_channel(STDERR_LINES);
        let server = Server::start(ready, move |printed| match printed.what {
            Output::Stderr(line) => sender.send(line).is_ok(),
            Output::Stdout(_) | Output::Ended => true,
        })?;
        Ok(LoadTest {
            options,
            server,
            processes: Vec::new(),
            stderr,
            stalled: Vec::new(),
            metrics: Metrics::default(),
        })
    }

    fn run(mut self, progress: &mut Progress) -> Result<Outcome, CouldNotTry> {
        let mut room = Room::new(self.options, progress);
        let Some(first) = self.first_client(&mut room) else {
            let faults = Faults::never_listened(self.why_not_listening());
            return Ok(self.finish(faults));
        };
        self.processes = self.server.processes();
        let mut outcome = self.join(&mut room, first);
        if let Err(abort) = &outcome {
            self.check_descriptors(abort)?;
        }
        outcome = outcome
            .and_then(|()| self.talk(&mut room))
            .and_then(|()| self.measure_latency(&mut room));
        let faults = self.find_faults(&mut room, outcome.err());
        drop(room);
        Ok(self.finish(faults))
    }

    fn find_faults(&mut self, room: &mut Room, abort: Option<Abort>) -> Faults {
        let mut faults = Faults::of(room, abort, self.options.stalled);
        self.metrics.disconnected = self.count_disconnected();
        self.stalled.clear(); // Unblocks what they held up.
        if faults.any() {
            faults.liveness = match self.server.ended() {
                Some(status) => Liveness::Dead(status.to_string()),
                None => room.probe_liveness(self.server.address),
            };
        }
        faults
    }

    fn finish(mut self, mut faults: Faults) -> Outcome {
        faults.stderr = self.take_stderr();
        Outcome {
            metrics: self.metrics,
            faults,
        }
    }

    /// Connects as soon as the server listens.
    fn first_client(&mut self, room: &mut Room) -> Option<TcpStream> {
        let begun = Instant::now();
        let patience = START_FACTOR * self.options.patience;
        let deadline = room.deadline.min(begun + patience);
        while Instant::now() < deadline && self.server.may_listen_yet(begun) {
            if let Ok(stream) = self.server.connect(client::CONNECT_TIMEOUT) {
                return Some(stream);
            }
            room.progress.show(|| "waiting for the server".to_string());
            thread::sleep(Duration::from_millis(10));
        }
        None
    }

    fn why_not_listening(&mut self) -> String {
        match self.server.ended() {
            Some(status) => format!("the server ended before it listened: {status}"),
            None => format!("nothing listens at {}", self.server.address),
        }
    }

    /// Connects all clients, and waits until they are in the room.
    fn join(&mut self, room: &mut Room, first: TcpStream) -> Result<(), Abort> {
        let begun = Instant::now();
        self.metrics.memory_before = resources::memory(&self.processes);
        let outcome = match self.connect_all(room, first) {
            Ok(()) => room.call_roll(),
            Err(error) => {
                let number = room.clients.len() + self.stalled.len() + 1;
                Err(Abort::CannotConnect(number, error))
            }
        };
        self.metrics.joined = begun.elapsed();
        self.metrics.memory = resources::memory(&self.processes);
        outcome
    }

    fn connect_all(&mut self, room: &mut Room, first: TcpStream) -> io::Result<()> {
        let address = self.server.address;
        let servers = [&[address], &self.options.more_servers[..]].concat();
        room.clients.push(Client::new(first)?);
        room.fill(&servers)?;
        for _ in 0..self.options.stalled {
            self.stalled.push(room.connect(address)?);
        }
        Ok(())
    }

    /// Blames too few descriptors for clients that could not join, rather than the server.
    fn check_descriptors(&self, abort: &Abort) -> Result<(), CouldNotTry> {
        let needed = descriptors(self.options);
        if let Abort::CannotConnect(number, error) = abort
            && client::lacks_descriptors(error)
        {
            return Err(too_few_descriptors("this command", number - 1, needed));
        }
        let process = self.processes.last().map_or(String::new(), u32::to_string);
        let limit = resources::descriptor_limit(&process);
        // The server may have closed some since: two thirds of its limit count as all.
        match resources::descriptors(&process).zip(limit) {
            Some((open, limit)) if 3 * open >= 2 * limit => {
                Err(too_few_descriptors("the server", limit, 2 * needed))
            }
            _ => Ok(()),
        }
    }

    /// Each talker always has one message in flight.
    fn talk(&mut self, room: &mut Room) -> Result<(), Abort> {
        let before = resources::processor_time(&self.processes);
        let begun = Instant::now();
        let outcome = room.talk(&self.talkers());
        let talked = begun.elapsed();
        let after = resources::processor_time(&self.processes);
        let metrics = &mut self.metrics;
        metrics.talked = match outcome {
            Err(Abort::Silent(patience, _)) => talked.saturating_sub(patience),
            _ => talked,
        };
        let times = after.zip(before);
        metrics.processor_time = times.map(|(after, before)| after.saturating_sub(before));
        metrics.deliveries = room.deliveries();
        metrics.longest_pause = room.longest_pause;
        metrics.memory_busy = resources::memory(&self.processes);
        outcome
    }

    /// One message at a time.
    fn measure_latency(&mut self, room: &mut Room) -> Result<(), Abort> {
        let deadline = Instant::now() + SINGLE_MESSAGES_LIMIT;
        for talker in self.talkers().iter().cycle().take(SINGLE_MESSAGES) {
            self.metrics.latencies.push(room.send_one(*talker)?);
            if Instant::now() > deadline {
                break;
            }
        }
        Ok(())
    }

    /// The clients that talk: spread over the order in which they joined.
    fn talkers(&self) -> Vec<usize> {
        let (clients, talkers) = (self.options.clients, self.options.talkers);
        let spread = (0..talkers).map(|talker| talker * clients / talkers);
        spread.collect()
    }

    /// How many of the stalled clients the server has disconnected. Only reading shows it.
    fn count_disconnected(&mut self) -> usize {
        let deadline = Instant::now() + CATCH_UP_LIMIT;
        let mut buffer = vec![0; 256 * 1024];
        while self.stalled.iter().any(|client| !client.is_gone) && Instant::now() < deadline {
            for client in &mut self.stalled {
                // Bounded: the server may send all the time.
                (0..100).all(|_| !client.receive(&mut buffer).is_empty());
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.stalled.iter().filter(|client| client.is_gone).count()
    }

    /// What the server wrote to stderr.
    fn take_stderr(&mut self) -> Vec<u8> {
        let ended = self.server.ended();
        let timeout = ended.map_or(Duration::ZERO, |_| STDERR_TIMEOUT);
        let deadline = Instant::now() + timeout;
        let left = || deadline.saturating_duration_since(Instant::now());
        let lines = iter::from_fn(|| self.stderr.recv_timeout(left()).ok());
        // Bounded: it may print without end.
        lines.take(STDERR_LINES).flatten().collect()
    }
}

/// How many descriptors a process needs for all clients.
fn descriptors(options: &Options) -> usize {
    options.connections() + SPARE_DESCRIPTORS
}

fn too_few_descriptors(process: &str, limit: usize, needed: usize) -> CouldNotTry {
    CouldNotTry(format!(
        "too few descriptors: {process} may have no more than {limit}, and needs about {needed}. \
         Raise the limit with 'ulimit -n {needed}', or use fewer --clients"
    ))
}
