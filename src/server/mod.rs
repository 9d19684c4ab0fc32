//! A server that runs: where it listens, what it prints, and how it is stopped.

mod attempt;
mod background;
mod guard;
mod port;
pub mod program;
pub mod redis;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::CouldNotTry;
use crate::os::{processes, sockets};
use crate::server::program::Ready;
use attempt::Attempt;
use background::Background;

pub use background::left_running;

/// Whether the operating system tells whose a socket is. Wine shows Linux's list, but numbers processes otherwise.
const TELLS_SOCKETS: bool = cfg!(target_os = "linux");
/// A longer line of the program's output is cut into pieces of this many bytes.
const LINE_LIMIT: u64 = 1024;
/// A program that has listened at another port for this long has not been told where to.
const TIME_FOR_OTHER_PORTS: Duration = Duration::from_secs(1);
/// The same once it has said so: it may listen at two, and say the other first.
const TIME_AFTER_SAYING: Duration = Duration::from_millis(600);
/// Until we look again whether it listens, or has ended: a look at all processes costs milliseconds.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
/// How long it may take to find out whether somebody listens where the program says that it does.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// The next pause, a twentieth of the time that we have waited.
fn pause(begun: Instant) -> Duration {
    SHORTEST_PAUSE.max(begun.elapsed() / 20)
}

/// Something that the program printed, and when.
pub struct Printed {
    pub at: Instant,
    pub what: Output,
}

/// What a program prints.
pub enum Output {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    /// One of the two has ended.
    Ended,
}

/// A server that was started, or was there before. It is stopped when it is dropped.
pub struct Server {
    /// Where its clients connect.
    pub address: SocketAddr,
    child: Option<Child>,
    forks: bool,
    background: Background,
    /// Where it says that it listens, and since when.
    said: Arc<OnceLock<(SocketAddr, Instant)>>,
    /// Keeps other runs of this command from the port.
    _reservation: Option<TcpListener>,
    has_been_met: bool,
}

impl Server {
    /// Starts the program, and passes on what it prints until `report` says that nobody listens any more.
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
                let (server, mut printed) = Attempt::until_it_listens(executable)?;
                thread::spawn(move || printed.all(report));
                Ok(server)
            }
        }
    }

    fn new(address: SocketAddr, reservation: Option<TcpListener>) -> Server {
        Server {
            address,
            child: None,
            forks: false,
            background: Background::new(),
            said: Arc::default(),
            _reservation: reservation,
            has_been_met: false,
        }
    }

    /// The first connection to it, as soon as it listens. If somebody else listens in its place, the user is told.
    pub fn connect(&mut self, limit: Duration) -> io::Result<TcpStream> {
        let stream = sockets::connect(&self.address, limit)?;
        if self.says() != Some(self.address) && !self.has_been_met {
            self.has_been_met = true;
            self.warn_of_stranger();
        }
        Ok(stream)
    }

    fn warn_of_stranger(&mut self) {
        let port = self.address.port();
        let is_foreign = TELLS_SOCKETS && sockets::is_listed(port) && !self.listens_at(port);
        // A program that has just ended was the listener a moment ago.
        if self.is_shared() || !is_foreign || self.ended().is_some() {
            return;
        }
        let address = self.address;
        if !self.background.is_listener(address) {
            let text = format!("at {address} listens a process that your command has not started");
            let _ = writeln!(io::stderr(), "workshop: {text}");
        }
    }

    /// How it ended, if it has, and does not go on in the background.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        let goes_on = self.background.goes_on(self.address) && status.success();
        (!goes_on).then_some(status)
    }

    /// Where it says that it listens.
    fn says(&self) -> Option<SocketAddr> {
        self.said.get().map(|(address, _)| *address)
    }

    /// Its processes, as far as they are ours; what does the work comes last.
    pub fn processes(&self) -> Vec<u32> {
        let Some(child) = &self.child else {
            return Vec::new();
        };
        let mut found = vec![child.id()];
        if self.forks {
            found.extend(processes::descendants(child.id()));
        }
        found.extend(&self.background.processes);
        found
    }

    /// Whether it runs without us: others may talk to it too.
    pub fn is_shared(&self) -> bool {
        self.child.is_none()
    }

    /// Whether there is any use in waiting: it has not ended, and does not listen elsewhere.
    pub fn may_listen_yet(&mut self, begun: Instant) -> bool {
        let says_otherwise = self.said.get().is_some_and(|(address, since)| {
            let waited = since.elapsed().min(begun.elapsed());
            *address != self.address && waited > TIME_AFTER_SAYING
        });
        let is_late = says_otherwise || begun.elapsed() > TIME_FOR_OTHER_PORTS;
        self.ended().is_none() && !(is_late && self.listens_elsewhere().is_some())
    }

    /// Where it listens instead of at `address`, as the operating system tells, or as it says itself.
    pub fn listens_elsewhere(&self) -> Option<SocketAddr> {
        let ports: Vec<u16> = self.ports().collect(); // At one moment: it may begin to listen just now.
        if ports.contains(&self.address.port()) {
            return None;
        }
        let answers = |said: &SocketAddr| {
            *said != self.address && sockets::connect(said, CONNECT_TIMEOUT).is_ok()
        };
        let listens = ports.first().map(|port| local(*port));
        listens.or_else(|| self.says().filter(answers))
    }

    fn listens_at(&self, port: u16) -> bool {
        self.ports().any(|own| own == port)
    }

    /// The ports at which it listens, where the operating system tells.
    fn ports(&self) -> impl Iterator<Item = u16> + use<> {
        let mut processes = self.processes();
        if !TELLS_SOCKETS {
            processes.clear();
        }
        sockets::listening(&processes)
    }

    /// Ends it, if it is ours. What it has printed is still to be heard.
    pub fn stop(&mut self) {
        let _ = self.ended(); // It may have ended by itself.
        if let Some(mut child) = self.child.take() {
            if self.forks {
                processes::stop_descendants(child.id());
            }
            let _ = child.kill();
            let _ = child.wait();
            self.background.end(self.address);
            guard::rest(&self.background.variable());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Reads what the program prints, for as long as it prints, so that it never has to wait for us.
fn read_loop(output: impl Read, printed: &SyncSender<Printed>, what: impl Fn(Vec<u8>) -> Output) {
    let mut output = BufReader::new(output);
    let now = |what| Printed {
        at: Instant::now(),
        what,
    };
    loop {
        let mut line = Vec::new();
        match output
            .by_ref()
            .take(LINE_LIMIT)
            .read_until(b'\n', &mut line)
        {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        // A program that prints without end fills the channel: what no longer fits is lost.
        if let Err(TrySendError::Disconnected(_)) = printed.try_send(now(what(line))) {
            return;
        }
    }
    let _ = printed.send(now(Output::Ended));
}
