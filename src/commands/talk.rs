//! `talk`: a client like netcat. One thread sends typed lines, one prints what the server sends.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::cli::arguments::{Arguments, Stop};
use crate::os::sockets::port_hint;
use crate::server::program::USUAL_ADDRESS;
use crate::text::is_unsafe_to_print;

/// Talks to a server, at the usual address by default, until it closes the connection.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let address = arguments.word()?;
    arguments.end()?;
    let address = address.unwrap_or_else(|| USUAL_ADDRESS.to_string());
    let end = talk(&address);
    let (text, status) = match &end {
        Ok(End::Closed) => ("The server closed the connection.", ExitCode::SUCCESS),
        Ok(End::ClosedAfterOurs) => {
            let text = "You ended the talk, and the server closed the connection.";
            (text, ExitCode::SUCCESS)
        }
        Ok(End::OutputClosed) => return Ok(ExitCode::SUCCESS),
        Err(error) => (error.as_str(), ExitCode::FAILURE),
    };
    report(text);
    Ok(status)
}

fn talk(address: &str) -> Result<End, String> {
    let connection = Arc::new(Connection {
        stream: connect(address)?,
        sent: Mutex::new(Ok(())),
        has_sent_all: AtomicBool::new(false),
    });
    let sender = Arc::clone(&connection);
    // Nothing waits for this thread: it may block in a read from the terminal for ever.
    thread::spawn(move || send_loop(&sender));
    print_loop(&connection).map_err(|error| format!("The connection broke: {error}."))
}

fn connect(address: &str) -> Result<TcpStream, String> {
    let failed = |reason: &str| format!("Could not connect to {address}: {reason}");
    if let Some(meant) = port_hint(address) {
        return Err(failed(&format!("that is not an address. {meant}")));
    }
    let stream = TcpStream::connect(address).map_err(|error| {
        let advice = "Does a server run there? One would be: cargo run --bin 3-broadcast";
        failed(&format!("{error}.\n{advice}"))
    })?;
    let _ = stream.set_nodelay(true); // Fails only on a dead connection: a read will report it.
    if io::stdin().is_terminal() {
        let end = if cfg!(windows) {
            "Ctrl-Z and Enter"
        } else {
            "Ctrl-D"
        };
        report(&format!(
            "Connected to {address}. Type a line and Enter; {end} to end."
        ));
    }
    Ok(stream)
}

/// Prints to stderr: stdout is for what the server sends.
fn report(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// What both threads share.
struct Connection {
    stream: TcpStream,
    /// The result of the last write; locked during a write.
    sent: Mutex<io::Result<()>>,
    /// The input has ended.
    has_sent_all: AtomicBool,
}

impl Connection {
    /// Sends a line. Returns whether that succeeded.
    fn send(&self, line: &[u8]) -> bool {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        *sent = (&self.stream).write_all(line);
        sent.is_ok()
    }

    /// How the connection ended when a read returns 0. Linux reports a reset only once: if a write
    /// got it, the read looks as if the server had closed the connection. If the server really did,
    /// a write fails with another error, usually a broken pipe.
    fn how_it_ended(&self) -> io::Result<End> {
        let _ = self.stream.shutdown(Shutdown::Both); // Wakes a blocked write.
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *sent, Ok(())) {
            Err(error) if is_broken(&error) => Err(error),
            _ if self.has_sent_all.load(Ordering::Relaxed) => Ok(End::ClosedAfterOurs),
            _ => Ok(End::Closed),
        }
    }
}

fn is_broken(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionReset, HostUnreachable, TimedOut};
    matches!(error.kind(), ConnectionReset | HostUnreachable | TimedOut)
}

/// Sends line after line. End of input closes only this direction.
fn send_loop(connection: &Connection) {
    let mut line = Vec::new();
    let mut input = io::stdin().lock();
    while let Ok(1..) = input.read_until(b'\n', &mut line) {
        if cfg!(windows) && line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        if !connection.send(&line) {
            return; // The printing thread reports why.
        }
        line.clear();
    }
    connection.has_sent_all.store(true, Ordering::Relaxed);
    let _ = connection.stream.shutdown(Shutdown::Write);
}

/// How a connection ended.
enum End {
    /// The server closed the connection.
    Closed,
    /// The same, after our input had ended.
    ClosedAfterOurs,
    /// Our stdout is closed.
    OutputClosed,
}

/// Prints what the server sends until it closes the connection.
fn print_loop(connection: &Connection) -> io::Result<End> {
    let mut stream = &connection.stream;
    let mut output = io::stdout().lock();
    let mut screen = Screen::default();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return connection.how_it_ended();
        }
        let bytes = screen.show(&buffer[..length], output.is_terminal());
        if output
            .write_all(&bytes)
            .and_then(|()| output.flush())
            .is_err()
        {
            return Ok(End::OutputClosed);
        }
    }
}

/// Replaces characters that are unsafe on a terminal. A file or a pipe gets all bytes unchanged.
#[derive(Default)]
struct Screen {
    /// The start of a character, or of `\r\n`, whose rest has not arrived yet.
    cut: Vec<u8>,
}

impl Screen {
    fn show(&mut self, bytes: &[u8], terminal: bool) -> Vec<u8> {
        if !terminal {
            return bytes.to_vec();
        }
        let bytes = [&self.cut[..], bytes].concat();
        let (whole, cut) = bytes.split_at(bytes.len() - unfinished(&bytes));
        self.cut = cut.to_vec();
        let text = String::from_utf8_lossy(whole).replace("\r\n", "\n");
        text.chars().map(safe).collect::<String>().into_bytes()
    }
}

fn safe(c: char) -> char {
    if c != '\n' && is_unsafe_to_print(c) {
        char::REPLACEMENT_CHARACTER
    } else {
        c
    }
}

/// How many bytes at the end begin a character, or `\r\n`, that is not complete.
fn unfinished(bytes: &[u8]) -> usize {
    if bytes.ends_with(b"\r") {
        return 1;
    }
    match bytes.utf8_chunks().last() {
        Some(chunk) => {
            let tail = chunk.invalid();
            // An invalid byte in the middle stays invalid; at the end, more may come.
            let incomplete = std::str::from_utf8(tail).is_err_and(|e| e.error_len().is_none());
            if incomplete { tail.len() } else { 0 }
        }
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Screen;

    #[test]
    fn a_character_that_comes_in_two_pieces_is_shown_whole() {
        let mut screen = Screen::default();
        let (first, rest) = "né".as_bytes().split_at(2);
        assert_eq!(screen.show(first, true), b"n");
        assert_eq!(screen.show(rest, true), "é".as_bytes());
        assert_eq!(screen.show(b"o\r", true), b"o");
        assert_eq!(screen.show(b"\n", true), b"\n");
    }

    #[test]
    fn nothing_on_the_terminal_misleads_the_eye() {
        let unsafe_characters = "\u{ad}\u{61c}\u{200e}\u{200f}\u{2028}\u{202a}\u{202e}\u{2066}\
                                 \u{2069}\u{206a}\u{206f}\u{e0000}\u{e007f}\u{85}";
        for one in unsafe_characters.chars() {
            let shown = Screen::default().show(format!("a{one}b\n").as_bytes(), true);
            assert_eq!(shown, "a\u{fffd}b\n".as_bytes(), "{}", one.escape_unicode());
        }
        // What joins the parts of a letter or of an emoji stays.
        let whole = "ni\u{f1}o, nin\u{303}o, \u{1f468}\u{200d}\u{1f469}\n".as_bytes();
        assert_eq!(Screen::default().show(whole, true), whole);
    }

    #[test]
    fn nothing_steers_the_terminal_but_a_file_gets_all_bytes() {
        let bytes = b"a\x1b[2J\xff\tb\rc\r\n";
        let shown = "a\u{fffd}[2J\u{fffd}\tb\u{fffd}c\n";
        assert_eq!(Screen::default().show(bytes, true), shown.as_bytes());
        assert_eq!(Screen::default().show(bytes, false), bytes);
    }
}
