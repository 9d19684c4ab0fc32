//! A server that runs: where it listens, and how it is stopped.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::os::sockets::{self, CONNECT_TIMEOUT, local};
use crate::server::background::{Job, warn};

/// A server that has listened elsewhere for this long, or says so, will not listen where it was
/// told to.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// A server that was started, or was there before. It is stopped when it is dropped.
pub struct Server {
    /// Where its clients connect.
    pub address: SocketAddr,
    job: Option<Job>,
    connected_once: bool,
}

impl Server {
    /// One that we have started by a job, or not at all.
    pub fn new(address: SocketAddr, job: Option<Job>) -> Server {
        Server {
            address,
            job,
            connected_once: false,
        }
    }

    /// Connects a client. If another program listens in the server's place, the user is told.
    pub fn connect(&mut self, limit: Duration) -> io::Result<TcpStream> {
        let stream = sockets::connect(&self.address, limit)?;
        if self.announced_address() != Some(self.address) && !self.connected_once {
            self.connected_once = true;
            self.warn_of_stranger();
        }
        Ok(stream)
    }

    fn warn_of_stranger(&mut self) {
        let (address, ports) = (self.address, self.ports());
        let Some(job) = &mut self.job else { return };
        let is_foreign = sockets::is_listed(address.port()) && !ports.contains(&address.port());
        // A program that has just ended was the listener a moment ago.
        if !is_foreign || job.ended().is_some() {
            return;
        }
        if job.find_daemons() {
            job.report("it is tried there, and ended.");
        } else {
            warn(&format!(
                "at {address} listens a process that your command has not started"
            ));
        }
    }

    /// How it ended, if it has, and does not go on in the background.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.job.as_mut()?.ended()
    }

    /// Where it says that it listens.
    pub fn announced_address(&self) -> Option<SocketAddr> {
        self.job.as_ref()?.announced_address()
    }

    /// Its processes, as far as they are ours. The work is mostly done by the last.
    pub fn processes(&self) -> Vec<u32> {
        self.job.as_ref().map_or(Vec::new(), Job::processes)
    }

    /// Whether it runs without us: others may be its clients, too.
    pub fn is_shared(&self) -> bool {
        self.job.is_none()
    }

    /// Whether waiting is any use: it has not ended, and does not listen elsewhere.
    pub fn may_listen_yet(&mut self, begun: Instant) -> bool {
        self.ended().is_none() && (begun.elapsed() < PATIENCE || self.listens_elsewhere().is_none())
    }

    /// Where it listens instead of at `address`, by what the operating system lists or by what it
    /// says.
    pub fn listens_elsewhere(&self) -> Option<SocketAddr> {
        let ports = self.ports(); // At one moment: it may begin to listen just now.
        if ports.contains(&self.address.port()) {
            return None;
        }
        let answers = |said: &SocketAddr| {
            *said != self.address && sockets::connect(said, CONNECT_TIMEOUT).is_ok()
        };
        let listed = ports.first().map(|port| local(*port));
        listed.or_else(|| self.announced_address().filter(answers))
    }

    /// The ports at which it listens, where the operating system lists them.
    pub fn ports(&self) -> Vec<u16> {
        sockets::listening(&self.processes())
    }

    /// Ends it, if it is ours. What it has printed can still be received.
    pub fn stop(&mut self) {
        let _ = self.ended(); // It may go on in the background.
        if let Some(job) = self.job.take() {
            job.kill();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
