//! One client of the load test. Its socket never blocks.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::transcript::{Cursor, find, whole_lines};
use crate::os::sockets;

/// The timeout of one attempt to connect.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// The longest wait for input.
pub const SHORT_WAIT: Duration = Duration::from_millis(10);
/// A line that every client in the room must receive begins with this, and a number follows.
const ROLL_CALL: &str = "roll call ";

pub struct Client {
    stream: TcpStream,
    pub cursor: Cursor,
    /// Bytes of its messages that the operating system has not taken yet.
    unsent: Vec<u8>,
    /// How many messages it has sent.
    pub sent: usize,
    /// Whether it sends its next message as soon as it has received its last one.
    pub talks: bool,
    pub received_at: Instant,
    /// How many arrivals it has seen announced.
    pub arrivals: usize,
    /// The number of the last roll call that it has received.
    pub roll_call: usize,
    /// The server has closed its connection.
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
            sent: 0,
            talks: false,
            received_at: Instant::now(),
            arrivals: 0,
            roll_call: 0,
            is_gone: false,
        })
    }

    /// Reads what has arrived: empty if nothing has, or if the connection is closed.
    pub fn receive<'b>(&mut self, buffer: &'b mut [u8]) -> &'b [u8] {
        if self.is_gone {
            return &[];
        }
        match self.stream.read(buffer) {
            Ok(length @ 1..) => return &buffer[..length],
            Err(error) if is_temporary(&error) => {}
            Ok(0) | Err(_) => self.is_gone = true,
        }
        &[]
    }

    pub fn send_roll_call(&mut self, number: usize) {
        self.send(format!("{ROLL_CALL}{number}\n").as_bytes());
    }

    pub fn send(&mut self, line: &[u8]) {
        self.unsent.extend_from_slice(line);
        self.flush();
    }

    /// Sends as much as the operating system takes.
    pub fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(length @ 1..) => drop(self.unsent.drain(..length)),
                // If the connection is closed, the next read shows it.
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

    /// Takes input before the room is open: roll calls and arrivals. Returns whether there was an
    /// arrival, or this client's first roll call.
    pub fn take_while_joining(&mut self, bytes: &[u8]) -> bool {
        let before = (self.arrivals, self.roll_call > 0);
        self.cursor.rest.extend_from_slice(bytes);
        let whole = whole_lines(&self.cursor.rest);
        let text: Vec<u8> = self.cursor.rest.drain(..whole).collect();
        for line in text.split(|byte| *byte == b'\n') {
            match parse_roll_call(line) {
                Some(number) => self.roll_call = number,
                None => self.arrivals += usize::from(!line.is_empty()),
            }
        }
        before != (self.arrivals, self.roll_call > 0)
    }
}

fn parse_roll_call(line: &[u8]) -> Option<usize> {
    let place = find(line, ROLL_CALL.as_bytes())?;
    let number = line[place + ROLL_CALL.len()..].trim_ascii_end();
    str::from_utf8(number).ok()?.parse().ok()
}

/// One attempt to connect.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    sockets::connect(&address, CONNECT_TIMEOUT)
}

/// Whether another attempt to connect would fail too.
pub fn is_permanent(error: &io::Error) -> bool {
    lacks_descriptors(error) || error.kind() == ErrorKind::AddrNotAvailable
}

/// Whether this process may open no more descriptors; std has no name for that error.
pub fn lacks_descriptors(error: &io::Error) -> bool {
    let codes: &[i32] = if cfg!(windows) { &[10024] } else { &[24, 23] };
    let code = error.raw_os_error();
    code.is_some_and(|code| codes.contains(&code))
}

fn is_temporary(error: &io::Error) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | Interrupted | TimedOut)
}
