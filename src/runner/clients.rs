//! The clients: they come, talk, and go.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::model::contract::ClientId;
use crate::model::matching::End;
use crate::os::processes;
use crate::runner::events::EventKind;
use crate::runner::harness::{Harness, Report, Reported, TICK};

/// A program may take this many times the patience until it listens: it has to start first.
const START_FACTOR: u32 = 5;
/// How long a server is given to read what was sent, where nothing need come of it. Linux tells that all of its threads
/// wait for something: then it has done so. We look this often; on a busy machine it may take a while.
const MOMENT: Duration = Duration::from_millis(if cfg!(target_os = "linux") { 300 } else { 30 });
const SHOWN: Duration = Duration::from_millis(100);
const LOOK: Duration = Duration::from_millis(1);

pub struct Client {
    /// None before it has come, and once it has left.
    stream: Option<Arc<TcpStream>>,
    pub address: SocketAddr,
    /// What it has heard, and nobody has looked at yet.
    pub unread: Vec<u8>,
    /// All that it has heard since somebody took that.
    pub log: Vec<u8>,
    pub heard_at: Instant,
    /// How the server has ended its connection, if it has.
    pub end: Option<End>,
    /// What it hears now is too much to be shown.
    pub in_bulk: bool,
    /// Tells its thread to leave what comes unread.
    stop_reading: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

/// Why a client could not connect.
pub enum Refused {
    /// Nobody has listened here, for this long.
    NeverListened(Duration),
    /// Somebody has listened before.
    Now,
}

impl Client {
    fn absent() -> Client {
        Client {
            stream: None,
            address: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            unread: Vec::new(),
            log: Vec::new(),
            heard_at: Instant::now(),
            end: None,
            in_bulk: false,
            stop_reading: Arc::default(),
            reader: None,
        }
    }

    /// Whether it has come, and has not closed its connection itself.
    pub fn is_connected(&self) -> bool {
        self.stream.is_some()
    }

    pub fn stream(&self) -> Option<Arc<TcpStream>> {
        self.stream.clone()
    }

    pub fn has_come(&self) -> bool {
        self.address.port() != 0
    }
}

impl Harness<'_> {
    /// A client connects. That alone proves nothing: the operating system accepts for the server.
    pub fn connect(&mut self, who: ClientId) -> Result<(), Refused> {
        let stream = self.connect_without_reading(who)?;
        self.begin_to_read(who, stream);
        Ok(())
    }

    /// A client connects, and leaves unread what it is sent.
    pub fn connect_without_reading(&mut self, who: ClientId) -> Result<Arc<TcpStream>, Refused> {
        let stream = Arc::new(self.open_connection(who)?);
        // Fails only on a connection that is dead: what comes next will show it.
        let _ = stream.set_nodelay(true);
        let _ = stream.set_write_timeout(Some(self.patience));
        while self.clients.len() <= who {
            self.clients.push(Client::absent());
        }
        let client = &mut self.clients[who];
        *client = Client::absent();
        client.address = stream.local_addr().unwrap_or(self.server.address);
        client.stream = Some(Arc::clone(&stream));
        self.record(Instant::now(), Some(who), EventKind::Connected);
        Ok(stream)
    }

    /// A client that left everything unread begins to read.
    pub fn read_again(&mut self, who: ClientId) {
        self.note(who, "reads");
        let client = &mut self.clients[who];
        if let Some(reader) = client.reader.take() {
            let _ = reader.join();
        }
        client.stop_reading.store(false, Ordering::SeqCst);
        if let Some(stream) = client.stream.clone() {
            self.begin_to_read(who, stream);
        }
    }

    fn begin_to_read(&mut self, who: ClientId, stream: Arc<TcpStream>) {
        let reporter = self.reporter.clone();
        let stops = Arc::clone(&self.clients[who].stop_reading);
        let reader = thread::spawn(move || listen_loop(who, &stream, &stops, &reporter));
        self.clients[who].reader = Some(reader);
    }

    /// Connects as soon as the server listens.
    fn open_connection(&mut self, who: ClientId) -> Result<TcpStream, Refused> {
        let is_first = self.started.is_none();
        if is_first {
            self.wait_for_first_words();
        }
        let limit = self.patience * if is_first { START_FACTOR } else { 1 };
        let begun = Instant::now();
        loop {
            let patience = self.patience;
            if let Ok(stream) = self.server_of(who).connect(patience) {
                self.started.get_or_insert(begun);
                return Ok(stream);
            }
            let may_listen = self.server_of(who).may_listen_yet(begun);
            if !may_listen || !self.has_time(begun + limit) {
                return Err(if is_first {
                    Refused::NeverListened(begun.elapsed())
                } else {
                    Refused::Now
                });
            }
            self.wait_until(Instant::now() + TICK);
        }
    }

    /// A client sends bytes, as they are.
    pub fn send(&mut self, who: ClientId, bytes: &[u8]) {
        if self.is_shown && !self.in_bulk {
            let text = self.masked(bytes);
            self.record(Instant::now(), Some(who), EventKind::Said(text));
        }
        // A write that fails belongs to a connection that is closed, which the next wait will find.
        if let Some(stream) = &self.clients[who].stream {
            let _ = stream.as_ref().write_all(&self.keys.put_into(bytes));
        }
    }

    /// A client says that it will say no more, but still listens.
    pub fn half_close(&mut self, who: ClientId) {
        self.record(Instant::now(), Some(who), EventKind::HalfClosed);
        if let Some(stream) = &self.clients[who].stream {
            let _ = stream.shutdown(Shutdown::Write);
        }
    }

    /// A client leaves as most do: it closes its connection.
    pub fn leave(&mut self, who: ClientId) {
        self.record(Instant::now(), Some(who), EventKind::Left);
        if let Some(stream) = self.clients[who].stream.take() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// From now on, a client leaves unread what it is sent.
    pub fn stop_reading(&mut self, who: ClientId) {
        self.clients[who].stop_reading.store(true, Ordering::SeqCst);
    }

    /// Waits until there is something that a client leaves unread.
    pub fn wait_for_unread(&self, who: ClientId) {
        if let Some(stream) = &self.clients[who].stream {
            let _ = stream.set_read_timeout(Some(self.patience));
            // Its thread holds the connection, too, and ends as soon as there is something that it leaves unread.
            if stream.peek(&mut [0]).is_err() {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// A client that has left something unread resets the connection: that is what closing it means then. (macOS may
    /// end it in order.)
    pub fn reset(&mut self, who: ClientId) {
        let client = &mut self.clients[who];
        if let Some(reader) = client.reader.take() {
            let _ = reader.join();
        }
        client.stream = None;
        self.record(Instant::now(), Some(who), EventKind::Reset);
    }

    /// Gives the server time to do what is to be done, where nothing need come of it.
    pub fn wait_until_idle(&mut self) {
        let deadline = Instant::now() + if self.is_shown { SHOWN } else { MOMENT };
        while self.has_time(deadline) {
            self.wait_until(Instant::now() + LOOK);
            let _ = self.server.ended(); // If the command has, its server may go on elsewhere.
            if !self.is_shown && processes::are_idle(&self.server.processes()) {
                return;
            }
        }
    }

    /// How long ago a client has heard something last.
    pub fn quiet_for(&self) -> Duration {
        let heard = self.clients.iter().map(|client| client.heard_at.elapsed());
        heard.min().unwrap_or_default()
    }
}

/// Whatever became of the session, its clients leave: their threads end, and a server that goes on running is rid of
/// them.
impl Drop for Harness<'_> {
    fn drop(&mut self) {
        for stream in self
            .clients
            .iter()
            .filter_map(|client| client.stream.as_ref())
        {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// A client's thread: reports all that the server sends. It reads only what is there already: so it can be told to
/// leave something unread.
fn listen_loop(
    who: ClientId,
    stream: &TcpStream,
    stops: &AtomicBool,
    reporter: &SyncSender<Report>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let what = match read_unless(stops, stream, &mut buffer) {
            Ok(None) => return,
            Ok(Some(0)) => Reported::Ended(who, End::InOrder),
            Ok(Some(length)) => Reported::Heard(who, buffer[..length].to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => Reported::Ended(who, End::Reset),
        };
        let is_over = matches!(what, Reported::Ended(..));
        let report = Report {
            at: Instant::now(),
            what,
        };
        if reporter.send(report).is_err() || is_over {
            return;
        }
    }
}

fn read_unless(
    stops: &AtomicBool,
    mut stream: &TcpStream,
    buffer: &mut [u8],
) -> io::Result<Option<usize>> {
    stream.peek(&mut [0])?;
    if stops.load(Ordering::SeqCst) {
        return Ok(None);
    }
    stream.read(buffer).map(Some)
}
