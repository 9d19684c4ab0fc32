//! `talk`: a client for those without netcat. One thread sends what is typed, one prints what comes.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::cli::arguments::{Argument, Arguments, Stop, unexpected};
use crate::os::sockets::meant_by;
use crate::server::program::USUAL_ADDRESS;
use crate::text::is_unsafe_to_print;

/// Talks to a server, at the usual address if none is given.
pub fn run(mut arguments: Arguments) -> Result<ExitCode, Stop> {
    let address = match arguments.next()? {
        Some(Argument::Word(address)) => address,
        Some(argument) => return Err(unexpected(&argument).into()),
        None => USUAL_ADDRESS.to_string(),
    };
    arguments.end()?;
    Ok(talk(&address))
}

/// Talks to the server at `address` until it closes the connection.
fn talk(address: &str) -> ExitCode {
    if let Some(meant) = meant_by(address) {
        tell(&format!(
            "Could not connect to {address}: that is not an address. {meant}"
        ));
        return ExitCode::FAILURE;
    }
    let stream = match TcpStream::connect(address) {
        Ok(stream) => stream,
        Err(error) => {
            tell(&format!("Could not connect to {address}: {error}."));
            tell("Does a server run there? One would be: cargo run --bin 3-broadcast");
            return ExitCode::FAILURE;
        }
    };
    let _ = stream.set_nodelay(true); // Only a dead connection refuses: reading will say so.
    if io::stdin().is_terminal() {
        let end = if cfg!(windows) {
            "Ctrl-Z and Enter"
        } else {
            "Ctrl-D"
        };
        tell(&format!(
            "Connected to {address}. Type a line and Enter; {end} to end."
        ));
    }
    let connection = Arc::new(Connection {
        stream,
        sent: Mutex::new(Ok(())),
        has_sent_all: AtomicBool::new(false),
    });
    let sender = Arc::clone(&connection);
    // Nobody waits for this thread: it may sit in a read from the terminal for ever.
    thread::spawn(move || send_loop(&sender));
    match print_loop(&connection) {
        Ok(end) => {
            match end {
                End::Closed => tell("The server closed the connection."),
                End::ClosedAfterOurs => {
                    tell("You ended the talk, and the server closed the connection.");
                }
                End::OutputClosed => {}
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell(&format!("The connection broke: {error}."));
            ExitCode::FAILURE
        }
    }
}

/// Tells the user, beside what the server says.
fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// What both threads share.
struct Connection {
    stream: TcpStream,
    /// How sending went so far; locked while something is sent.
    sent: Mutex<io::Result<()>>,
    /// The input has ended.
    has_sent_all: AtomicBool,
}

impl Connection {
    /// Sends a line. Returns whether that went well.
    fn send(&self, line: &[u8]) -> bool {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        *sent = (&self.stream).write_all(line);
        sent.is_ok()
    }

    /// What the end of the input means. Linux tells of a reset only once: if the sending thread was told, a read
    /// returns 0, as if the server had closed the connection in order. Where the server really has, a write finds
    /// something else: a broken pipe, mostly.
    fn ended(&self) -> io::Result<End> {
        let _ = self.stream.shutdown(Shutdown::Both); // Wakes a write that waits.
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

/// Sends line after line. The end of the input ends only this direction.
fn send_loop(connection: &Connection) {
    let mut line = Vec::new();
    let mut input = io::stdin().lock();
    while let Ok(1..) = input.read_until(b'\n', &mut line) {
        if cfg!(windows) && line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        if !connection.send(&line) {
            return; // The printing thread tells why.
        }
        line.clear();
    }
    connection.has_sent_all.store(true, Ordering::Relaxed);
    let _ = connection.stream.shutdown(Shutdown::Write);
}

/// How a talk ended.
enum End {
    /// The server closed the connection.
    Closed,
    /// It did so once our input had ended.
    ClosedAfterOurs,
    /// Nobody reads our output any more.
    OutputClosed,
}

/// Prints what comes, until the server has nothing more to say.
fn print_loop(connection: &Connection) -> io::Result<End> {
    let mut stream = &connection.stream;
    let mut output = io::stdout().lock();
    let mut screen = Screen::default();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return connection.ended();
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

/// Replaces what is unsafe to print on a terminal. A file or a pipe gets all bytes as they are.
#[derive(Default)]
struct Screen {
    /// The start of a character, or of a line's end, whose rest has not come yet.
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

/// How many bytes at the end begin a character, or `\r\n`, without ending it.
fn unfinished(bytes: &[u8]) -> usize {
    if bytes.ends_with(b"\r") {
        return 1;
    }
    match bytes.utf8_chunks().last() {
        Some(chunk) => {
            let tail = chunk.invalid();
            // An invalid byte in the middle is wrong for good; at the end, more may come.
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
        let unsafe_ones = [
            "\u{ad}",
            "\u{61c}",
            "\u{200e}",
            "\u{200f}",
            "\u{2028}",
            "\u{202a}",
            "\u{202e}",
            "\u{2066}",
            "\u{2069}",
            "\u{206a}",
            "\u{206f}",
            "\u{e0000}",
            "\u{e007f}",
            "\u{85}",
        ];
        for one in unsafe_ones {
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
