//! One client of the crowd, whose socket never blocks.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::transcript::{self, Cursor};
use crate::os::sockets;

/// How long one attempt to connect may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// The longest wait for input.
pub const SHORT_WAIT: Duration = Duration::from_millis(10);
/// What a client says so that everybody in the room can show that they hear it.
const CALL: &str = "roll call ";

/// One client of the crowd.
pub struct Client {
    stream: TcpStream,
    pub cursor: Cursor,
    /// What the operating system has not yet taken of its messages.
    unsent: Vec<u8>,
    /// How many messages it has said.
    pub said: usize,
    /// Whether it says its next message as soon as it has heard its last one.
    pub talks: bool,
    pub heard_at: Instant,
    /// How many arrivals it has heard of, and the number of the last roll call that it has heard.
    pub arrivals: usize,
    pub last_call: usize,
    /// The beginning of a line, before there is a transcript.
    pub rest: Vec<u8>,
    /// The server has ended its connection.
    pub is_gone: bool,
}

impl Client {
    pub fn new(stream: TcpStream) -> io::Result<Client> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        stream.set_read_timeout(Some(SHORT_WAIT))?; // For `wait_until_readable`, which blocks.
        Ok(Client {
            stream,
            cursor: Cursor::default(),
            unsent: Vec::new(),
            said: 0,
            talks: false,
            heard_at: Instant::now(),
            arrivals: 0,
            last_call: 0,
            rest: Vec::new(),
            is_gone: false,
        })
    }

    /// What it has received: nothing if nothing has come yet, or the connection has ended.
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

    /// Says a line that everybody in the room must hear.
    pub fn call_roll(&mut self, number: usize) {
        self.says(format!("{CALL}{number}\n").as_bytes());
    }

    pub fn says(&mut self, line: &[u8]) {
        self.unsent.extend_from_slice(line);
        self.flush();
    }

    /// Sends as much as the operating system takes.
    pub fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(length @ 1..) => drop(self.unsent.drain(..length)),
                // If the connection has ended, the next read shows it.
                Ok(0) | Err(_) => return,
            }
        }
    }

    /// Waits for input, and leaves it unread.
    pub fn wait_until_readable(&self) {
        let _ = self.stream.set_nonblocking(false);
        let _ = self.stream.peek(&mut [0]);
        let _ = self.stream.set_nonblocking(true);
    }

    /// Looks for roll calls in what it has received. Returns whether it has learned anything new.
    pub fn note_roll_calls(&mut self, bytes: &[u8]) -> bool {
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
                    is_new |= self.last_call == 0;
                    self.last_call = call;
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
    let place = transcript::find(line, CALL.as_bytes())?;
    let number = line[place + CALL.len()..].trim_ascii_end();
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// One attempt to connect.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    sockets::connect(&address, CONNECT_TIMEOUT)
}

/// Whether trying again at once is of no use.
pub fn is_for_good(error: &io::Error) -> bool {
    lacks_descriptors(error) || error.kind() == ErrorKind::AddrNotAvailable
}

/// Whether this process may open no more descriptors; std has no name for that error.
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
