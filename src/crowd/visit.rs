//! One visit of the crowd to a server: it comes, it talks, it looks at who is still there.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::Options;
use super::client;
use super::faults::Faults;
use super::figures::Figures;
use super::progress::Progress;
use super::room::{Limits, Room, Stuck};
use crate::program::{CouldNotTry, Ready};
use crate::server::{Output, Printed, Server};
use crate::usage;

/// How many lines that the server prints are kept until somebody asks.
const REPORTS: usize = 16 * 1024;
/// A program may take this many times the patience until it listens: it has to start first.
const START_FACTOR: u32 = 2;
/// How many messages are said one at a time, for the latency, and for how long at most.
const SINGLE: usize = 300;
const SINGLE_LIMIT: Duration = Duration::from_secs(3);
/// More descriptors than clients that this process needs, and that a server may need.
const SPARE: usize = 20;
/// How long the last words of a server may take that has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long somebody who has read nothing may take to find out whether it is still connected.
const WAKE_UP: Duration = Duration::from_secs(1);

/// What came of a visit.
pub struct Visit {
    pub figures: Figures,
    pub faults: Faults,
}

/// Starts the server, lets the crowd come and talk, and stops the server.
pub fn visit(options: &Options, ready: &Ready) -> Result<Visit, CouldNotTry> {
    let mut progress = Progress::new();
    let visit = Visitor::start(options, ready).and_then(|visitor| visitor.visit(&mut progress));
    progress.clear();
    visit
}

struct Visitor<'a> {
    options: &'a Options,
    server: Server,
    /// The server's processes, if it is ours.
    processes: Vec<u32>,
    reports: Receiver<Printed>,
    limits: Limits,
    stalled: Vec<TcpStream>,
    figures: Figures,
}

impl<'a> Visitor<'a> {
    fn start(options: &'a Options, ready: &Ready) -> Result<Self, CouldNotTry> {
        let needed = options.clients + options.stalled + SPARE;
        if let Some(limit) = usage::descriptor_limit("self").filter(|limit| *limit < needed) {
            return Err(too_few_descriptors("this command", Some(limit), needed));
        }
        let (reporter, reports) = mpsc::sync_channel(REPORTS);
        Ok(Visitor {
            options,
            server: Server::start(ready, move |printed| reporter.send(printed).is_ok())?,
            processes: Vec::new(),
            reports,
            limits: Limits {
                patience: options.patience,
                deadline: Instant::now() + options.limit,
            },
            stalled: Vec::new(),
            figures: Figures::default(),
        })
    }

    fn visit(mut self, progress: &mut Progress) -> Result<Visit, CouldNotTry> {
        progress.title("waiting for the server");
        let Some(first) = self.knock(progress) else {
            let faults = Faults::never_listened(self.server.address, self.server.ended());
            return Ok(self.ends(faults));
        };
        self.processes = self.server.processes();
        let memory = usage::memory(&self.processes);
        let begun = Instant::now();
        progress.title("joining");
        let options = self.options;
        let mut room = Room::new(options.clients, options.size(), self.limits, progress);
        let mut outcome = self.fill(&mut room, first)?;
        outcome = outcome.and_then(|()| room.call_roll());
        self.figures.joined = begun.elapsed();
        self.enough_descriptors_there(&outcome)?;
        self.figures.memory_before = memory;
        self.figures.memory = usage::memory(&self.processes);
        if outcome.is_ok() {
            outcome = self
                .talk(&mut room)
                .and_then(|()| self.talk_singly(&mut room));
        }
        let mut faults = Faults::of(&room, outcome.err(), self.options);
        drop(room);
        faults.server_ended = self.server.ended();
        self.figures.disconnected = self.disconnected();
        Ok(self.ends(faults))
    }

    fn ends(mut self, mut faults: Faults) -> Visit {
        faults.complained = self.complained();
        Visit {
            figures: self.figures,
            faults,
        }
    }

    /// Connects as soon as the server listens.
    fn knock(&mut self, progress: &mut Progress) -> Option<TcpStream> {
        let begun = Instant::now();
        let patience = START_FACTOR * self.limits.patience;
        let deadline = self.limits.deadline.min(begun + patience);
        while Instant::now() < deadline && self.server.may_listen_yet(begun) {
            if let Ok(stream) = self.server.connect(client::KNOCK) {
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
            room.fill(address, self.options.clients)?;
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
            let needed = self.options.clients + self.options.stalled + SPARE;
            return Err(too_few_descriptors("this command", Some(present), needed));
        }
        Ok(Err(Stuck::NotLetIn(present + 1, error.to_string())))
    }

    /// If somebody was not let in, it may be because the server has no descriptor for it. It may
    /// have closed some since, so most of what it may have is as good as all.
    fn enough_descriptors_there(&self, outcome: &Result<(), Stuck>) -> Result<(), CouldNotTry> {
        let (Err(_), Some(process)) = (outcome, self.processes.last()) else {
            return Ok(());
        };
        let process = process.to_string();
        let (has, limit) = (
            usage::descriptors(&process),
            usage::descriptor_limit(&process),
        );
        if has
            .zip(limit)
            .is_some_and(|(has, limit)| 3 * has >= 2 * limit)
        {
            let needed = 2 * (self.options.clients + self.options.stalled + SPARE);
            return Err(too_few_descriptors("the server", limit, needed));
        }
        Ok(())
    }

    /// Everybody who talks has one message on its way, all the time.
    fn talk(&mut self, room: &mut Room) -> Result<(), Stuck> {
        room.title("talking");
        let used = usage::processor_time(&self.processes);
        let begun = Instant::now();
        let outcome = room.talk(&self.talkers(), self.options.messages());
        self.figures.talked = match outcome {
            Err(Stuck::Silent(patience)) => begun.elapsed().saturating_sub(patience),
            _ => begun.elapsed(),
        };
        let used_now = usage::processor_time(&self.processes);
        self.figures.processor_time = used_now
            .zip(used)
            .map(|(now, before)| now.saturating_sub(before));
        self.figures.deliveries = room.deliveries();
        self.figures.pause = room.pause;
        self.figures.memory_busy = usage::memory(&self.processes);
        outcome
    }

    /// One message at a time.
    fn talk_singly(&mut self, room: &mut Room) -> Result<(), Stuck> {
        room.title("one message at a time");
        let begun = Instant::now();
        let talkers = self.talkers();
        for talker in talkers.iter().cycle().take(SINGLE) {
            self.figures.latencies.push(room.say_one(*talker)?);
            if begun.elapsed() > SINGLE_LIMIT {
                break;
            }
        }
        Ok(())
    }

    /// Who talks: some of all ages.
    fn talkers(&self) -> Vec<usize> {
        let (clients, talkers) = (self.options.clients, self.options.talkers());
        (0..talkers)
            .map(|talker| talker * clients / talkers)
            .collect()
    }

    /// Of those who read nothing, how many the server has disconnected. They read all there is, to
    /// find out.
    fn disconnected(&mut self) -> usize {
        let deadline = Instant::now() + WAKE_UP;
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
    fn complained(&mut self) -> Vec<u8> {
        let has_ended = self.server.ended().is_some();
        let deadline = Instant::now()
            + if has_ended {
                LAST_WORDS
            } else {
                Duration::ZERO
            };
        let (mut text, mut open) = (Vec::new(), 2);
        // No more than that: it may complain without end.
        for _ in 0..REPORTS {
            if open == 0 {
                break;
            }
            let wait = deadline.saturating_duration_since(Instant::now());
            match self.reports.recv_timeout(wait).map(|printed| printed.what) {
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
