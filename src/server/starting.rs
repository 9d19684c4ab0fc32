//! Starting a server: again at another port, if the first is in use.

use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::CouldNotTry;
use crate::os::polling::pause;
use crate::os::sockets;
use crate::server::background::{Job, left_running};
use crate::server::output::{Output, Printed, QUEUED_LINES};
use crate::server::program::{Executable, Ready};
use crate::server::running::{PATIENCE, Server};

/// How often a program is started.
const ATTEMPTS: usize = 4;
/// How long we look whether a program can listen at its port, before clients try again and again.
/// Where the operating system lists no sockets, all of it passes with a program that does not say
/// where it listens.
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
            Ready::Running(address) => Ok(Server::new(*address, None)),
            Ready::Executable(executable) => {
                if let Some(reason) = left_running() {
                    return Err(CouldNotTry(reason.to_string()));
                }
                let attempt = Attempt::repeat(executable)?;
                let mut printed = attempt.early.into_iter().chain(attempt.printed);
                thread::spawn(move || printed.all(report));
                Ok(attempt.server)
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
            attempt.wait();
            if attempt.server.ended().is_none() || !attempt.reports_port_in_use() {
                break;
            }
            attempt = Attempt::begin(executable)?;
        }
        Ok(attempt)
    }

    fn begin(executable: &Executable) -> Result<Attempt, CouldNotTry> {
        let (job, printed) = Job::start(executable)?;
        Ok(Attempt {
            server: Server::new(job.address, Some(job)),
            printed,
            early: Vec::new(),
        })
    }

    /// Waits until the program listens, has ended, or has had its time.
    fn wait(&mut self) {
        let begun = Instant::now();
        while begun.elapsed() < TIME_TO_BIND && self.server.ended().is_none() {
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

    fn reports_port_in_use(&mut self) -> bool {
        let deadline = Instant::now() + LAST_WORDS;
        while Instant::now() < deadline && self.receive(LAST_WORDS) {}
        self.early.iter().any(reports_in_use)
    }
}

fn reports_in_use(printed: &Printed) -> bool {
    // The last is Windows's number for it, the same in all languages.
    const SIGNS: [&str; 3] = ["in use", "eaddrinuse", "10048"];
    let (Output::Stdout(line) | Output::Stderr(line)) = &printed.what else {
        return false;
    };
    let line = String::from_utf8_lossy(line).to_lowercase();
    SIGNS.iter().any(|sign| line.contains(sign))
}
