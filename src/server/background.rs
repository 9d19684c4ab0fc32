//! What a command has put into the background: processes that are no children of it any more, and go on when it ends.
//! Only Linux tells of them.
//!
//! They are known by a mark in their environment, which every process passes on to those that it starts; or else by the
//! port, if it is one that nobody else was told.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Once, OnceLock};
use std::time::{Duration, Instant, SystemTime};
use std::{process, thread};

use super::port::FIRST_DYNAMIC;
use super::{TELLS_SOCKETS, pause};
use crate::os::{processes, sockets};
use crate::server::program::USUAL_ADDRESS;

/// The name of the mark.
const MARK: &str = "WORKSHOP_SERVER";
/// How long a command that has ended well may take until its server listens in the background.
const TIME_TO_LISTEN: Duration = Duration::from_secs(3);
/// How long it may take to end what is there.
const TIME_TO_END: Duration = Duration::from_secs(5);
/// A process that becomes another program shows no environment meanwhile, and on a busy machine that is not over at once.
/// None is found, then: the last one has ended only once none was found for this long.
const TIME_TO_SHOW: Duration = Duration::from_millis(100);

/// What could not be ended.
static LEFT: OnceLock<String> = OnceLock::new();

/// Why this command cannot end well: something that it has started goes on.
pub fn left_running() -> Option<&'static str> {
    LEFT.get().map(String::as_str)
}

pub struct Background {
    mark: String,
    pub processes: Vec<u32>,
    command_ended: Option<Instant>,
    /// When some were found, since the command has ended.
    last_found: Instant,
    /// Some of them listen.
    listens: bool,
}

impl Background {
    pub fn new() -> Background {
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Background {
            mark: format!("{}-{}-{number}", process::id(), now.as_nanos()),
            processes: Vec::new(),
            command_ended: None,
            last_found: Instant::now(),
            listens: false,
        }
    }

    /// Marks what a command starts.
    pub fn mark(&self, command: &mut process::Command) {
        command.env(MARK, &self.mark);
    }

    /// The mark as it stands in an environment.
    pub fn variable(&self) -> String {
        format!("{MARK}={}", self.mark)
    }

    /// Looks for the processes.
    fn look(&mut self, address: SocketAddr) {
        if TELLS_SOCKETS {
            self.processes = processes::with_variable(&self.variable());
            let is_found = self.listens_at(address.port());
            if !is_found && is_told(address) && address != USUAL_ADDRESS {
                self.processes
                    .extend(sockets::listeners(address.port(), &processes::numbers()));
                self.processes.sort_unstable();
                self.processes.dedup();
            }
        }
    }

    fn listens_at(&self, port: u16) -> bool {
        sockets::listening(&self.processes).any(|own| own == port)
    }

    /// The command has ended. Does its server go on?
    pub fn goes_on(&mut self, address: SocketAddr) -> bool {
        let now = Instant::now();
        let ended = *self.command_ended.get_or_insert_with(|| {
            self.last_found = now;
            now
        });
        if self.listens && self.processes.iter().copied().all(processes::runs) {
            return true;
        }
        self.look(address);
        self.listens = sockets::listening(&self.processes).next().is_some();
        if self.listens {
            self.tell("it is tried there, and ended.");
        }
        if !self.processes.is_empty() {
            self.last_found = Instant::now();
        }
        let may_be_there = TELLS_SOCKETS && self.last_found.elapsed() < TIME_TO_SHOW;
        self.listens || may_be_there && ended.elapsed() < TIME_TO_LISTEN
    }

    /// Somebody listens who is no child of the command. Is it one of these?
    pub fn is_listener(&mut self, address: SocketAddr) -> bool {
        self.look(address);
        let listens = self.listens_at(address.port());
        if listens {
            self.tell("it is tried there, and ended.");
        }
        listens
    }

    /// Tells the user, once, what became of its command.
    fn tell(&self, becomes: &str) {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            let listening = |process: &&u32| sockets::listening(&[**process]).next().is_some();
            let process = self.processes.iter().find(listening);
            let process = process.or(self.processes.first());
            let process = process.map_or(String::new(), |process| format!(" (process {process})"));
            let text = format!("your command goes on in the background{process}: {becomes}");
            let _ = writeln!(io::stderr(), "workshop: {text}");
        });
    }

    /// Ends them, once the command has ended. What cannot be ended is kept for the exit status.
    pub fn end(&mut self, address: SocketAddr) {
        // The list may be long: the port alone tells mostly.
        let is_there = || {
            is_told(address)
                && TcpListener::bind(address).is_err()
                && sockets::is_listed(address.port())
        };
        if !TELLS_SOCKETS
            || self.command_ended.is_none() && self.processes.is_empty() && !is_there()
        {
            return;
        }
        let begun = Instant::now();
        self.look(address);
        if self.command_ended.is_some() && !self.processes.is_empty() {
            self.tell("it is ended.");
        }
        while !self.processes.is_empty() || is_there() {
            if begun.elapsed() > TIME_TO_END {
                let _ = LEFT.set(self.what_is_left(address));
                return;
            }
            processes::kill(&self.processes);
            thread::sleep(pause(begun));
            self.look(address);
        }
    }

    fn what_is_left(&self, address: SocketAddr) -> String {
        match self.processes.first() {
            Some(process) => format!(
                "your command has left process {process} in the background, which cannot be ended from here: end it yourself"
            ),
            None => format!(
                "your command was stopped, and something still listens at {address}: end it yourself"
            ),
        }
    }
}

/// Whether it is at a port that the command was told, or had to use: nobody listened there before.
fn is_told(address: SocketAddr) -> bool {
    (1..FIRST_DYNAMIC).contains(&address.port())
}
