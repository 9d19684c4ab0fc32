//! Starting a server until it listens: it may have to be told another port.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::port::{self, FIRST_DYNAMIC};
use super::{Output, Printed, Server, TELLS_SOCKETS, guard, pause, read_loop};
use crate::error::CouldNotTry;
use crate::server::program::{Executable, Port};

/// How often a program is started.
const ATTEMPTS: usize = 4;
/// How many lines that it prints may wait to be passed on.
const WAITING_LINES: usize = 1024;
/// How long a program may take to choose a port and to say which.
const TIME_TO_CHOOSE: Duration = Duration::from_secs(1);
/// How long we look whether a program can listen at a port that it was told. A slow one goes on. (Where nobody but the
/// program tells that it listens, all of it may pass.)
const TIME_TO_BIND: Duration = Duration::from_millis(if TELLS_SOCKETS { 1000 } else { 100 });
/// How long the last words of a program may take that has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A program that was just started.
pub struct Attempt {
    server: Server,
    printed: Receiver<Printed>,
    /// What it printed while we waited.
    early: Vec<Printed>,
}

impl Attempt {
    /// Starts a program, again if it must be, and returns it with all that it prints.
    pub fn until_it_listens(
        executable: &Executable,
    ) -> Result<(Server, impl Iterator<Item = Printed> + Send + use<>), CouldNotTry> {
        let mut attempt = Attempt::begin(executable)?;
        for _ in 1..ATTEMPTS {
            if attempt.finds_port(&executable.port) {
                break;
            }
            attempt = Attempt::begin(executable)?;
        }
        Ok((
            attempt.server,
            attempt.early.into_iter().chain(attempt.printed),
        ))
    }

    fn begin(executable: &Executable) -> Result<Attempt, CouldNotTry> {
        let (address, reservation) = port::choose(&executable.port)?;
        let mut server = Server::new(address, reservation);
        let printed = spawn(&mut server, executable)?;
        Ok(Attempt {
            server,
            printed,
            early: Vec::new(),
        })
    }

    /// Waits until the program listens, has ended, or has had its time. Returns false if it needs another port.
    fn finds_port(&mut self, port: &Port) -> bool {
        if self.server.address.port() != 0 {
            self.wait(TIME_TO_BIND);
            return self.server.ended().is_none() || !self.found_it_in_use();
        }
        self.wait(TIME_TO_CHOOSE);
        match self.chosen() {
            Some(address) => self.server.address = address,
            None => port.cannot_be_chosen(),
        }
        self.chosen().is_some()
    }

    fn wait(&mut self, limit: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < limit && self.server.ended().is_none() {
            self.hear(pause(begun));
            if self.server.said.get().is_some() || self.server.ports().next().is_some() {
                return;
            }
        }
    }

    /// Keeps what is printed next, but not without end. Returns false if there was nothing.
    fn hear(&mut self, limit: Duration) -> bool {
        let printed = self.printed.recv_timeout(limit).ok();
        let is_there = printed.is_some();
        self.early
            .extend(printed.filter(|_| self.early.len() < WAITING_LINES));
        is_there
    }

    /// Where it listens, if it has chosen the port.
    fn chosen(&self) -> Option<SocketAddr> {
        let is_dynamic = |address: &SocketAddr| address.port() >= FIRST_DYNAMIC;
        let says = self.server.says().filter(is_dynamic);
        says.or_else(|| self.server.ports().map(super::local).find(is_dynamic))
    }

    fn found_it_in_use(&mut self) -> bool {
        let deadline = Instant::now() + LAST_WORDS;
        while Instant::now() < deadline && self.hear(LAST_WORDS) {}
        self.early.iter().any(says_in_use)
    }
}

fn says_in_use(printed: &Printed) -> bool {
    const SIGNS: [&str; 3] = ["in use", "eaddrinuse", "10048"]; // The last on Windows, in any language.
    let (Output::Stdout(line) | Output::Stderr(line)) = &printed.what else {
        return false;
    };
    let line = String::from_utf8_lossy(line).to_lowercase();
    SIGNS.iter().any(|sign| line.contains(sign))
}

/// Runs the program, and reads all that it prints.
fn spawn(server: &mut Server, executable: &Executable) -> Result<Receiver<Printed>, CouldNotTry> {
    let mut command = executable.command(server.address);
    server.background.mark(&mut command);
    guard::expect(&server.background.variable());
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| CouldNotTry(format!("cannot run '{}': {error}", executable.name())))?;
    guard::watch(&server.background.variable(), child.id());
    let (sender, printed) = mpsc::sync_channel(WAITING_LINES);
    if let Some(stderr) = child.stderr.take() {
        let sender = sender.clone();
        thread::spawn(move || read_loop(stderr, &sender, Output::Stderr));
    }
    if let Some(stdout) = child.stdout.take() {
        let said = Arc::clone(&server.said);
        let note = move |line: Vec<u8>| {
            if let Some(address) = address_in(&line) {
                let _ = said.set((address, Instant::now())); // The first one counts.
            }
            Output::Stdout(line)
        };
        thread::spawn(move || read_loop(stdout, &sender, note));
    }
    server.child = Some(child);
    server.forks = executable.forks;
    Ok(printed)
}

/// The address in a line such as `Listening on 127.0.0.1:1337 ...`, seen from this machine. Other programs say
/// `Server listening at http://localhost:1337/` or `Listening on port 1337`.
fn address_in(line: &[u8]) -> Option<SocketAddr> {
    let line = String::from_utf8_lossy(line);
    let (_, rest) = line.split_once("istening ")?;
    let mut before = "";
    for word in rest.split_whitespace() {
        let address = address_of(word, before == "port");
        if address.is_some() {
            return address;
        }
        before = word;
    }
    None
}

fn address_of(word: &str, is_port: bool) -> Option<SocketAddr> {
    let word = word.rsplit("//").next().unwrap_or(word);
    let word = word.trim_end_matches(['/', '.', ',', ')', '!', '"', '\'', ':']);
    let word = word.trim_start_matches(['(', '"', '\'']);
    let port = match word.rsplit_once(':') {
        Some(("localhost" | "*" | "", port)) => port,
        None if is_port => word,
        _ => {
            let address: SocketAddr = word.parse().ok()?;
            let port = Some(address.port()).filter(|port| *port != 0)?;
            let is_here = address.ip().is_unspecified();
            return Some(if is_here { super::local(port) } else { address });
        }
    };
    let port = port.parse().ok().filter(|port| *port != 0)?;
    Some(super::local(port))
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn where_a_program_listens_is_understood_however_it_says_so() {
        for line in [
            "Listening on 127.0.0.1:1337 ...\n",
            "Listening on 0.0.0.0:1337",
            "Listening on [::]:1337.",
            "2026-11-23 21:15 listening on :1337",
            "Server listening at http://localhost:1337/",
            "listening on http://127.0.0.1:1337, press Ctrl-C to stop",
            "Chat server is listening on port 1337!",
        ] {
            let address = address_in(line.as_bytes()).map(|address| address.to_string());
            assert_eq!(address.as_deref(), Some("127.0.0.1:1337"), "{line}");
        }
        for line in [
            "Listening on 127.0.0.1:0 ...",
            "listening",
            "Listening for 1337 clients",
            "Connected to 127.0.0.1:1337",
        ] {
            assert_eq!(address_in(line.as_bytes()), None, "{line}");
        }
    }
}
