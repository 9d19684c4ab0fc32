//! A running server: its address, and how it is stopped.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::os::sockets::{self, CONNECT_TIMEOUT, local};
use crate::server::background::{Job, warn};

/// A server that has listened elsewhere for this long, or announced that it does, will not listen
/// at the address it was given.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// A server that we started, or that was already running. Dropping it stops it.
pub struct Server {
    /// Where its clients connect.
    pub address: SocketAddr,
    job: Option<Job>,
    connected_once: bool,
}

impl Server {
    /// A server that we started as a job, or that was already running.
    pub fn new(address: SocketAddr, job: Option<Job>) -> Server {
        Server {
            address,
            job,
            connected_once: false,
        }
    }

    /// Connects a client. Warns the user if another program listens in the server's place.
    pub fn connect(&mut self, limit: Duration) -> io::Result<TcpStream> {
        let stream = sockets::connect(&self.address, limit)?;
        if self.announced_address() != Some(self.address) && !self.connected_once {
            self.connected_once = true;
            self.warn_if_foreign();
        }
        Ok(stream)
    }

    fn warn_if_foreign(&mut self) {
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
                "a process that your command did not start listens at {address}"
            ));
        }
    }

    /// Its exit status, if it has ended and does not continue in the background.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.job.as_mut()?.ended()
    }

    /// The address that it announced.
    pub fn announced_address(&self) -> Option<SocketAddr> {
        self.job.as_ref()?.announced_address()
    }

    /// Its processes, as far as they are ours. The last usually does the work.
    pub fn processes(&self) -> Vec<u32> {
        self.job.as_ref().map_or(Vec::new(), Job::processes)
    }

    /// Whether it was already running, so that others may be its clients too.
    pub fn is_shared(&self) -> bool {
        self.job.is_none()
    }

    /// Whether it is worth waiting for: it has not ended, and does not listen elsewhere.
    pub fn may_listen_yet(&mut self, begun: Instant) -> bool {
        self.ended().is_none() && (begun.elapsed() < PATIENCE || self.listens_elsewhere().is_none())
    }

    /// Where it listens instead of at `address`, as the operating system lists or it announced
    /// itself.
    pub fn listens_elsewhere(&self) -> Option<SocketAddr> {
        let ports = self.ports(); // Once only: it may begin to listen just now.
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

    /// Stops it, if it is ours. Its output can still be received.
    pub fn stop(&mut self) {
        let _ = self.ended(); // Finds one that continues in the background.
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
