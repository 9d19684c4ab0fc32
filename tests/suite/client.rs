//! A client: a raw socket whose waits all have a deadline.

use std::fmt::{self, Display, Formatter};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::iter;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};

use crate::wait::WAIT;

/// A connection to the server. It displays as its address, which is its name in the chat:
/// `format!("{bob} joined the chat.")`.
pub struct Client {
    name: &'static str,
    address: SocketAddr,
    input: BufReader<TcpStream>,
}

impl Display for Client {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl Client {
    pub fn connect(name: &'static str, server: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&server, WAIT)
            .unwrap_or_else(|error| panic!("{name} cannot connect to {server}: {error}"));
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(WAIT)).unwrap();
        stream.set_write_timeout(Some(WAIT)).unwrap();
        Self {
            name,
            address: stream.local_addr().unwrap(),
            input: BufReader::new(stream),
        }
    }

    fn stream(&self) -> &TcpStream {
        self.input.get_ref()
    }

    /// Sends bytes in one write. A failure shows as an answer that does not come.
    pub fn send_bytes(&self, bytes: &[u8]) {
        let _ = self.stream().write_all(bytes);
    }

    /// Sends a line.
    pub fn send_line(&self, text: &str) {
        self.send_bytes(format!("{text}\n").as_bytes());
    }

    /// Sends bytes in the background.
    pub fn send_in_background(&self, bytes: Vec<u8>) -> JoinHandle<()> {
        let mut stream = self.stream().try_clone().unwrap();
        let name = self.name;
        thread::spawn(move || {
            let sent = stream.write_all(&bytes);
            sent.unwrap_or_else(|error| panic!("{name} cannot send: {error}"));
        })
    }

    /// Reads exactly these bytes.
    pub fn expect_bytes(&mut self, expected: &[u8]) {
        let mut received = vec![0; expected.len()];
        let mut length = 0;
        while length < expected.len() {
            let came = uninterrupted(|| self.input.read(&mut received[length..]));
            let wanted = format!("byte {length} of {}", expected.len());
            length += match came {
                Ok(0) => panic!("{} waits for {wanted}: the end came", self.name),
                Ok(more) => more,
                Err(error) => panic!("{} waits for {wanted}: {}", self.name, shown(&error)),
            };
        }
        let differs = |position: &usize| received[*position] != expected[*position];
        if let Some(wrong) = (0..length).find(differs) {
            let [expected, received] = [expected, &received].map(|bytes| excerpt(&bytes[wrong..]));
            let name = self.name;
            panic!("{name} waits for {expected:?} at byte {wrong}: {received:?} came");
        }
    }

    /// Reads a line, which must be this one.
    pub fn expect_line(&mut self, expected: &str) {
        let line = self.read_line(expected);
        let name = self.name;
        assert_eq!(
            line.as_deref(),
            Some(expected),
            "{name} received another line"
        );
    }

    /// Reads lines up to this one.
    pub fn wait_for_line(&mut self, expected: &str) {
        while let Some(line) = self.read_line(expected) {
            if line == expected {
                return;
            }
        }
        panic!("{} waits for {expected:?}: the end came", self.name);
    }

    /// Reads lines up to the first that matches.
    pub fn find_line(&mut self, matches: impl Fn(&str) -> bool) -> Option<String> {
        iter::from_fn(|| self.next_line()).find(|line| matches(line))
    }

    /// Reads a line, without its newline: `None` if the server has closed the connection.
    pub fn next_line(&mut self) -> Option<String> {
        self.read_line("any line")
    }

    fn read_line(&mut self, wanted: &str) -> Option<String> {
        let mut bytes = Vec::new();
        let end = match self.input.read_until(b'\n', &mut bytes) {
            Ok(_) => "the end".to_string(),
            Err(error) if is_reset(&error) => "a reset".to_string(),
            Err(error) => {
                let (name, so_far, end) = (self.name, excerpt(&bytes), shown(&error));
                panic!("{name} waits for {wanted:?}: {so_far:?} came, then {end}");
            }
        };
        if bytes.is_empty() {
            return None;
        }
        let line = String::from_utf8_lossy(&bytes);
        let Some(line) = line.strip_suffix('\n') else {
            panic!(
                "{} waits for {wanted:?}: {line:?} came, then {end}",
                self.name
            );
        };
        Some(line.to_string())
    }

    /// Waits for a clean end, not a reset.
    pub fn expect_end(&mut self) {
        let name = self.name;
        match uninterrupted(|| self.input.fill_buf().map(excerpt)) {
            Ok(more) if more.is_empty() => {}
            Ok(more) => panic!("{name} waits for the end: {more:?} came"),
            Err(error) => panic!("{name} waits for the end: {}", shown(&error)),
        }
    }

    /// Reads to the end, clean or not.
    pub fn read_to_end(&mut self) {
        match self.input.read_to_end(&mut Vec::new()) {
            Err(error) if !is_reset(&error) => {
                panic!("{} waits for the end: {}", self.name, shown(&error))
            }
            _ => {}
        }
    }

    /// Reads to the end, clean or not, and returns all whole lines.
    pub fn remaining_lines(&mut self) -> Vec<String> {
        let lines = self.input.by_ref().lines();
        lines.map_while(Result::ok).collect()
    }

    /// Whether input is waiting.
    pub fn has_unread(&self) -> bool {
        self.stream().set_nonblocking(true).unwrap();
        let peeked = self.stream().peek(&mut [0]);
        self.stream().set_nonblocking(false).unwrap();
        let nothing = peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        !(nothing && self.input.buffer().is_empty())
    }

    /// Asserts that no input is waiting. This proves something only after the server has done
    /// other work, such as a round trip with another client.
    pub fn assert_nothing_unread(&self) {
        assert!(!self.has_unread(), "{} has unread input", self.name);
    }

    /// Sends no more, but still reads.
    pub fn half_close(&self) {
        self.stream().shutdown(Shutdown::Write).unwrap();
    }

    /// Closes the connection cleanly, with everything read.
    pub fn leave(self) {
        self.assert_nothing_unread();
    }

    /// Resets the connection: closing a socket with unread input does that (on Linux and Windows;
    /// macOS may end it cleanly). So something must be on its way to this client.
    pub fn reset(self) {
        let peeked = uninterrupted(|| self.stream().peek(&mut [0]));
        let name = self.name;
        assert!(matches!(peeked, Ok(1)), "{name} waits to reset: {peeked:?}");
    }
}

/// Tries again after EINTR: a child of another test may have ended.
fn uninterrupted<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Whether the server has reset the connection.
fn is_reset(error: &io::Error) -> bool {
    let kind = error.kind();
    kind == ErrorKind::ConnectionReset || kind == ErrorKind::ConnectionAborted
}

fn shown(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => format!("nothing for {WAIT:?}"),
        _ => error.to_string(),
    }
}

/// The first 60 bytes.
fn excerpt(bytes: &[u8]) -> String {
    let length = bytes.len().min(60);
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}
