//! The clients: each has a connection, and a thread that reports what the server sends.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::SyncSender;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::model::contract::ClientId;
use crate::model::matching::End;
use crate::server::Printed;

/// What a reading thread saw, and when.
pub struct Report {
    pub at: Instant,
    pub what: Reported,
}

pub enum Reported {
    /// A client received bytes.
    Received(ClientId, Vec<u8>),
    /// The server ended a client's connection.
    Ended(ClientId, End),
    /// The server printed something, or can print no more.
    Printed(Printed),
}

/// The limit on unread bytes, for a server that sends without end: more than any operating system
/// buffers for one connection.
const UNREAD_LIMIT: usize = 32 * 1024 * 1024;

pub struct Client {
    /// None before it connects and after it leaves.
    stream: Option<Arc<TcpStream>>,
    pub address: SocketAddr,
    /// Received bytes that have not been compared yet.
    pub unread: Vec<u8>,
    /// All bytes received since the log was last taken.
    pub log: Vec<u8>,
    pub received_at: Instant,
    /// How the server ended its connection, if it did.
    pub end: Option<End>,
    /// It receives too much now to be shown.
    pub is_muted: bool,
    /// Makes its thread stop reading.
    stop_reading: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

/// Why a client could not connect.
pub enum ConnectError {
    /// Nothing listened for this long.
    NeverListened(Duration),
    /// The server listened before.
    Refused,
}

impl Client {
    pub fn absent() -> Client {
        Client {
            stream: None,
            address: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            unread: Vec::new(),
            log: Vec::new(),
            received_at: Instant::now(),
            end: None,
            is_muted: false,
            stop_reading: Arc::default(),
            reader: None,
        }
    }

    pub fn connected(stream: TcpStream, server: SocketAddr, patience: Duration) -> Client {
        // Fails only on a dead connection, which the next read reports.
        let _ = stream.set_nodelay(true);
        let _ = stream.set_write_timeout(Some(patience));
        let mut client = Client::absent();
        client.address = stream.local_addr().unwrap_or(server);
        client.stream = Some(Arc::new(stream));
        client
    }

    /// Whether it has connected, and not closed its connection itself.
    pub fn is_connected(&self) -> bool {
        self.stream.is_some()
    }

    pub fn stream(&self) -> Option<Arc<TcpStream>> {
        self.stream.clone()
    }

    pub fn was_connected(&self) -> bool {
        self.address.port() != 0
    }

    /// Starts its reading thread, once the previous one has ended.
    pub fn start_reading(&mut self, who: ClientId, reporter: SyncSender<Report>) {
        self.join_reader();
        self.stop_reading.store(false, SeqCst);
        let Some(stream) = self.stream.clone() else {
            return;
        };
        let stops = Arc::clone(&self.stop_reading);
        self.reader = Some(thread::spawn(move || {
            read_loop(who, &stream, &stops, &reporter);
        }));
    }

    /// From now on it leaves its input unread.
    pub fn stop_reading(&self) {
        self.stop_reading.store(true, SeqCst);
    }

    /// Waits until it has unread input.
    pub fn wait_for_unread(&self, patience: Duration) {
        if let Some(stream) = &self.stream {
            let _ = stream.set_read_timeout(Some(patience));
            // Its thread also holds the connection, and ends once input stays unread.
            if stream.peek(&mut [0]).is_err() {
                self.shut_down(Shutdown::Both);
            }
        }
    }

    fn join_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }

    /// Takes bytes that its thread reported.
    pub fn receive(&mut self, at: Instant, bytes: &[u8]) {
        self.received_at = at;
        if self.unread.len() < UNREAD_LIMIT {
            self.unread.extend_from_slice(bytes);
            self.log.extend_from_slice(bytes);
        }
    }

    /// A write fails only on a closed connection, which the next read reports.
    pub fn send(&self, bytes: &[u8]) {
        if let Some(stream) = &self.stream {
            let _ = stream.as_ref().write_all(bytes);
        }
    }

    pub fn half_close(&self) {
        self.shut_down(Shutdown::Write);
    }

    /// Closes its connection, as most clients do.
    pub fn leave(&mut self) {
        self.shut_down(Shutdown::Both);
        self.stream = None;
    }

    /// Closing a connection with unread input resets it. (macOS may close it in order.)
    pub fn reset(&mut self) {
        self.join_reader();
        self.stream = None;
    }

    fn shut_down(&self, how: Shutdown) {
        if let Some(stream) = &self.stream {
            let _ = stream.shutdown(how);
        }
    }
}

/// Ends its thread, and its connection to a server that keeps running.
impl Drop for Client {
    fn drop(&mut self) {
        self.shut_down(Shutdown::Both);
    }
}

/// Reports everything the server sends. It peeks first, so that it can leave input unread.
fn read_loop(who: ClientId, stream: &TcpStream, stops: &AtomicBool, reporter: &SyncSender<Report>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let what = match read_unless(stops, stream, &mut buffer) {
            Ok(None) => return,
            Ok(Some(0)) => Reported::Ended(who, End::InOrder),
            Ok(Some(length)) => Reported::Received(who, buffer[..length].to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => Reported::Ended(who, End::Reset),
        };
        let is_over = matches!(what, Reported::Ended(..));
        let at = Instant::now();
        if reporter.send(Report { at, what }).is_err() || is_over {
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
    if stops.load(SeqCst) {
        return Ok(None);
    }
    stream.read(buffer).map(Some)
}
