//! One client of the crowd, whose socket never blocks.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::record::{self, Ear};
use crate::sockets;

/// How long one attempt to connect may take.
pub const KNOCK: Duration = Duration::from_secs(1);
/// The longest sleep, whoever rings.
pub const NAP: Duration = Duration::from_millis(10);
/// What is said to find out who is there.
const CALL: &str = "roll call ";

/// One client of the crowd.
pub struct Client {
    stream: TcpStream,
    pub ear: Ear,
    /// What the system has not taken yet of what it says.
    unsent: Vec<u8>,
    /// How many messages it has said.
    pub said: usize,
    /// It says the next one as soon as it has heard its last.
    pub talks: bool,
    pub heard_at: Instant,
    /// How many arrivals it has heard of, and which roll call last.
    pub arrivals: usize,
    pub called: usize,
    /// The beginning of a line, before there is a record.
    pub rest: Vec<u8>,
    /// The server has ended its connection.
    pub is_gone: bool,
}

impl Client {
    pub fn new(stream: TcpStream) -> io::Result<Client> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        stream.set_read_timeout(Some(NAP))?; // For the bell, which blocks.
        Ok(Client {
            stream,
            ear: Ear::default(),
            unsent: Vec::new(),
            said: 0,
            talks: false,
            heard_at: Instant::now(),
            arrivals: 0,
            called: 0,
            rest: Vec::new(),
            is_gone: false,
        })
    }

    /// What it has received: nothing if nothing has come yet, or nothing will come any more.
    pub fn receive<'b>(&mut self, buffer: &'b mut [u8]) -> &'b [u8] {
        if self.is_gone {
            return &[];
        }
        match self.stream.read(buffer) {
            Ok(length @ 1..) => return &buffer[..length],
            Err(error) if is_for_now(&error) => {}
            Ok(0) | Err(_) => self.is_gone = true,
        }
        &[]
    }

    /// Says what everybody must hear who is in the room.
    pub fn calls_roll(&mut self, number: usize) {
        self.says(format!("{CALL}{number}\n").as_bytes());
    }

    pub fn says(&mut self, line: &[u8]) {
        self.unsent.extend_from_slice(line);
        self.flush();
    }

    /// Gives the system as much as it takes.
    pub fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(length @ 1..) => drop(self.unsent.drain(..length)),
                // What fails for good will be seen by the next read.
                Ok(0) | Err(_) => return,
            }
        }
    }

    /// Waits until there is something to read; it stays unread.
    pub fn rings(&self) {
        let _ = self.stream.set_nonblocking(false);
        let _ = self.stream.peek(&mut [0]);
        let _ = self.stream.set_nonblocking(true);
    }

    /// Looks for roll calls in what it has received. Returns whether that tells anything new.
    pub fn is_called(&mut self, bytes: &[u8]) -> bool {
        self.rest.extend_from_slice(bytes);
        let whole = self
            .rest
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let mut is_new = false;
        for line in self.rest[..whole].split(|byte| *byte == b'\n') {
            match number_of_call(line) {
                Some(call) => {
                    is_new |= self.called == 0;
                    self.called = call;
                }
                None if line.is_empty() => {}
                None => {
                    is_new = true;
                    self.arrivals += 1;
                }
            }
        }
        self.rest.drain(..whole);
        is_new
    }
}

fn number_of_call(line: &[u8]) -> Option<usize> {
    let place = record::find(line, CALL.as_bytes())?;
    let number = line[place + CALL.len()..].trim_ascii_end();
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// One attempt to connect.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    sockets::connect(&address, KNOCK)
}

/// Whether there is no use in trying again at once.
pub fn is_for_good(error: &io::Error) -> bool {
    lacks_descriptors(error) || error.kind() == ErrorKind::AddrNotAvailable
}

/// Whether the system grants this process no more descriptors; std has no name for that.
pub fn lacks_descriptors(error: &io::Error) -> bool {
    let codes = if cfg!(windows) {
        [10024, 10024]
    } else {
        [24, 23]
    };
    error
        .raw_os_error()
        .is_some_and(|code| codes.contains(&code))
}

fn is_for_now(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::TimedOut
    )
}
