//! Starting a server until it listens: again at another port, if it must be.

use std::net::SocketAddr;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::CouldNotTry;
use crate::os::polling::pause;
use crate::os::sockets::{self, FIRST_DYNAMIC, local};
use crate::server::job::{Job, left_running};
use crate::server::output::{Output, Printed, QUEUED_LINES};
use crate::server::port;
use crate::server::program::{Executable, Port, Ready};
use crate::server::running::{PATIENCE, Server};

/// How often a program is started.
const ATTEMPTS: usize = 4;
/// How long we look whether a program can listen at its port, before clients try again and again. Where the operating
/// system lists no sockets, all of it passes with a program that does not say where it listens.
const TIME_TO_BIND: Duration = if sockets::ARE_LISTED {
    PATIENCE
} else {
    Duration::from_millis(100)
};
/// How long a program that has ended may take to say why.
const LAST_WORDS: Duration = Duration::from_millis(500);

impl Server {
    /// Starts the program, and passes on what it prints until `report` returns false.
    pub fn start(
        ready: &Ready,
        report: impl FnMut(Printed) -> bool + Send + 'static,
    ) -> Result<Server, CouldNotTry> {
        match ready {
            Ready::Running(address) => Ok(Server::shared(*address)),
            Ready::Executable(executable) => {
                if let Some(reason) = left_running() {
                    return Err(CouldNotTry(reason.to_string()));
                }
                let Attempt {
                    server,
                    early,
                    printed,
                } = Attempt::repeat(executable)?;
                thread::spawn(move || early.into_iter().chain(printed).all(report));
                Ok(server)
            }
        }
    }
}

/// A program that was just started.
struct Attempt {
    server: Server,
    printed: Receiver<Printed>,
    /// What it printed while we waited.
    early: Vec<Printed>,
}

impl Attempt {
    fn repeat(executable: &Executable) -> Result<Attempt, CouldNotTry> {
        let mut attempt = Attempt::begin(executable)?;
        for _ in 1..ATTEMPTS {
            if attempt.has_port(&executable.port) {
                break;
            }
            attempt = Attempt::begin(executable)?;
        }
        Ok(attempt)
    }

    fn begin(executable: &Executable) -> Result<Attempt, CouldNotTry> {
        let (address, reservation) = port::choose(&executable.port)?;
        let (job, printed) = Job::start(executable, address)
            .map_err(|error| CouldNotTry(format!("cannot run '{}': {error}", executable.name())))?;
        Ok(Attempt {
            server: Server::started(address, job, reservation),
            printed,
            early: Vec::new(),
        })
    }

    /// Waits until the program listens, has ended, or has had its time. Returns false if it needs another port.
    fn has_port(&mut self, port: &Port) -> bool {
        if self.server.address.port() != 0 {
            self.wait(TIME_TO_BIND);
            return self.server.ended().is_none() || !self.reports_port_in_use();
        }
        self.wait(PATIENCE);
        let chosen = self.chosen_address();
        match chosen {
            Some(address) => self.server.address = address,
            None => port.set_fixed(),
        }
        chosen.is_some()
    }

    fn wait(&mut self, limit: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < limit && self.server.ended().is_none() {
            self.receive(pause(begun));
            if self.server.announced_address().is_some() || !self.server.ports().is_empty() {
                return;
            }
        }
    }

    /// Keeps what is printed next, up to a limit. Returns false if there was nothing.
    fn receive(&mut self, limit: Duration) -> bool {
        let printed = self.printed.recv_timeout(limit).ok();
        let is_there = printed.is_some();
        let has_space = self.early.len() < QUEUED_LINES;
        self.early.extend(printed.filter(|_| has_space));
        is_there
    }

    /// Where it listens, if it has chosen the port.
    fn chosen_address(&self) -> Option<SocketAddr> {
        let is_dynamic = |address: &SocketAddr| address.port() >= FIRST_DYNAMIC;
        let announced = self.server.announced_address().filter(is_dynamic);
        let listed = || self.server.ports().into_iter().map(local).find(is_dynamic);
        announced.or_else(listed)
    }

    fn reports_port_in_use(&mut self) -> bool {
        let deadline = Instant::now() + LAST_WORDS;
        while Instant::now() < deadline && self.receive(LAST_WORDS) {}
        self.early.iter().any(reports_in_use)
    }
}

fn reports_in_use(printed: &Printed) -> bool {
    const SIGNS: [&str; 3] = ["in use", "eaddrinuse", "10048"]; // Windows has a number in all languages.
    let (Output::Stdout(line) | Output::Stderr(line)) = &printed.what else {
        return false;
    };
    let line = String::from_utf8_lossy(line).to_lowercase();
    SIGNS.iter().any(|sign| line.contains(sign))
}
