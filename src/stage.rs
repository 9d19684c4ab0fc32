//! What a scene is played on: a server, its clients, and a record of all that happens.
//!
//! One thread for each client reads what the server sends, two more read what it prints. They
//! report to one channel, with the time; the stage takes the reports out of it while it waits.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use crate::crowd::usage;
use crate::program::{CouldNotTry, Ready, Server};
use crate::verdict::{Cause, Failure, Outcome, Verdict};

/// While we wait, we look this often whether the server still runs.
const TICK: Duration = Duration::from_millis(10);
/// While nothing is reported, the audience is told this often.
const GLANCE: Duration = Duration::from_millis(50);
/// How long we wait for the rest of something that is wrong already, to show it whole.
const SETTLE: Duration = Duration::from_millis(100);
/// How long we wait for a program to end that has closed a connection.
const LAST_MOMENTS: Duration = Duration::from_millis(500);
/// How many reports may wait. A server that sends without end has to wait for us.
const REPORTS: usize = 1024;
/// More than this many bytes that no client waits for are not worth keeping.
const UNREAD_LIMIT: usize = 1024 * 1024;
/// The bytes in a long line: many of them fill whatever there is to be filled.
pub const LONG_LINE: usize = 4000;
/// More long lines than any system keeps for somebody who does not read: 16 MB.
const LINES_LIMIT: usize = 4000;
/// How many lines of the server's output are kept, from its start.
const PRINTED_LIMIT: usize = 200;
/// A program may take this many times the patience until it listens: it has to start first.
const START_FACTOR: u32 = 5;

/// What a reading thread saw, and when.
pub struct Report {
    pub at: Instant,
    pub what: Reported,
}

pub enum Reported {
    /// A client received bytes.
    Heard(usize, Vec<u8>),
    /// A client's connection was ended by the server: by a reset, or in order.
    Ended(usize, bool),
    /// The server wrote to its standard output.
    Printed(Vec<u8>),
    /// The server wrote to its standard error.
    Complained(Vec<u8>),
    /// One of these two has ended.
    OutputEnded,
}

/// Something that happened on the stage.
#[derive(Clone, Debug)]
pub struct Event {
    /// Time since the first client began to connect.
    pub at: Duration,
    /// The client it happened to; none for the server.
    pub client: Option<usize>,
    pub what: What,
}

/// What can happen. Text has `{name}` in the places of the clients' addresses.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Connected,
    Said(String),
    Heard(String),
    HeardNothing(Duration),
    /// Something that nobody else can see.
    Does(&'static str),
    HalfClosed,
    Left,
    Reset,
    Disconnected,
    Printed(String),
    Exited(String),
}

/// Whoever wants to see what happens while it happens.
pub trait Audience {
    /// An expectation was met, in the time given.
    fn passed(&mut self, text: &str, took: Option<Duration>);
    /// Something happened.
    fn saw(&mut self, _event: &Event) {}
    /// Time passes, and nothing happens.
    fn waits(&mut self, _now: Duration) {}
}

struct Client {
    name: &'static str,
    /// None once the client has left.
    stream: Option<Arc<TcpStream>>,
    address: SocketAddr,
    unread: Vec<u8>,
    heard_at: Instant,
    ended: Option<Verdict>,
    /// What it hears now is too much to be shown.
    in_bulk: bool,
}

pub struct Stage<'a> {
    server: Server,
    clients: Vec<Client>,
    reports: Receiver<Report>,
    reporter: SyncSender<Report>,
    started: Option<Instant>,
    patience: Duration,
    audience: &'a mut dyn Audience,
    /// What was done since the last expectation, and by whom first.
    did: Vec<String>,
    doer: Option<usize>,
    said_at: Instant,
    printed: Vec<u8>,
    complained: Vec<u8>,
    printed_lines: usize,
    answered: bool,
    quiet: bool,
    outputs_ended: usize,
    /// What is said and heard is too much to be shown.
    in_bulk: bool,
    /// How often the news was heard while somebody poured.
    news_heard: usize,
}

impl<'a> Stage<'a> {
    /// Starts the server for one scene.
    pub fn open(
        ready: &Ready,
        patience: Duration,
        audience: &'a mut dyn Audience,
    ) -> Result<Stage<'a>, CouldNotTry> {
        let (reporter, reports) = mpsc::sync_channel(REPORTS);
        Ok(Stage {
            server: Server::start(ready, &reporter)?,
            clients: Vec::new(),
            reports,
            reporter,
            started: None,
            patience,
            audience,
            did: Vec::new(),
            doer: None,
            said_at: Instant::now(),
            printed: Vec::new(),
            complained: Vec::new(),
            printed_lines: 0,
            answered: false,
            quiet: false,
            outputs_ended: 0,
            in_bulk: false,
            news_heard: 0,
        })
    }

    // What clients do.

    /// A client connects. That alone proves nothing: the system accepts for the server.
    pub fn connects(&mut self, name: &'static str) -> Outcome {
        let stream = self.connect(name)?;
        let stream = Arc::new(stream);
        let client = self.enter(name, Arc::clone(&stream));
        let reporter = self.reporter.clone();
        thread::spawn(move || listen_loop(client, &stream, &reporter));
        Ok(())
    }

    /// A client connects that does not read.
    pub fn connects_deaf(&mut self, name: &'static str) -> Outcome {
        let stream = self.connect(name)?;
        let client = self.enter(name, Arc::new(stream));
        self.record(Instant::now(), Some(client), What::Does("reads nothing"));
        Ok(())
    }

    fn enter(&mut self, name: &'static str, stream: Arc<TcpStream>) -> usize {
        // Fails only on a connection that is dead: what comes next will show it.
        let _ = stream.set_nodelay(true);
        let _ = stream.set_write_timeout(Some(self.patience));
        let address = stream.local_addr().unwrap_or(self.server.address);
        let now = Instant::now();
        self.clients.push(Client {
            name,
            stream: Some(stream),
            address,
            unread: Vec::new(),
            heard_at: now,
            ended: None,
            in_bulk: false,
        });
        let client = self.clients.len() - 1;
        self.record(now, Some(client), What::Connected);
        client
    }

    /// A client that was deaf begins to read.
    pub fn reads(&mut self, name: &str) {
        let client = self.find(name);
        self.did(client, "reads");
        self.record(Instant::now(), Some(client), What::Does("reads"));
        self.record(
            Instant::now(),
            Some(client),
            What::Heard("all of it".to_string()),
        );
        self.clients[client].in_bulk = true;
        if let Some(stream) = self.clients[client].stream.clone() {
            let reporter = self.reporter.clone();
            thread::spawn(move || listen_loop(client, &stream, &reporter));
        }
    }

    /// Connects as soon as the server listens.
    fn connect(&mut self, name: &'static str) -> Result<TcpStream, Box<Failure>> {
        let factor = if self.answered { 1 } else { START_FACTOR };
        let limit = self.patience * factor;
        let begun = Instant::now();
        loop {
            match TcpStream::connect_timeout(&self.server.address, self.patience) {
                // On a free port, a client can by chance connect to itself.
                Ok(stream) if stream.local_addr().ok() == stream.peer_addr().ok() => {}
                Ok(stream) => {
                    self.started.get_or_insert(begun);
                    return Ok(stream);
                }
                Err(_) if begun.elapsed() < limit && self.server.ended().is_none() => {}
                Err(_) => {
                    self.did.push(format!("{name} connects"));
                    let verdict = if self.answered {
                        Verdict::Refused
                    } else {
                        Verdict::NeverListened(self.server.address, limit)
                    };
                    return Err(self.fail(None, verdict));
                }
            }
            self.wait_until(Instant::now() + TICK);
        }
    }

    /// A client says a line; `text` comes without its newline, and `{name}` stands for an address.
    pub fn says(&mut self, name: &str, text: &str) {
        let line = format!("{}\n", self.fill(text));
        self.sends(name, line.as_bytes());
    }

    /// A client sends bytes, as they are.
    pub fn sends(&mut self, name: &str, bytes: &[u8]) {
        let client = self.find(name);
        let text = self.mask(bytes);
        self.did(client, &format!("says {}", quoted(&text)));
        self.record(Instant::now(), Some(client), What::Said(text));
        // A write that fails belongs to a connection that is closed, which the next wait will find.
        if let Some(stream) = &self.clients[client].stream {
            let _ = stream.as_ref().write_all(bytes);
        }
    }

    /// A client leaves as most do: it closes its connection.
    pub fn leaves(&mut self, name: &str) {
        self.close(name, Shutdown::Both, "leaves", What::Left);
    }

    /// A client says that it will say no more, but still listens.
    pub fn half_closes(&mut self, name: &str) {
        self.close(name, Shutdown::Write, "half-closes", What::HalfClosed);
    }

    fn close(&mut self, name: &str, how: Shutdown, did: &str, what: What) {
        let client = self.find(name);
        self.did(client, did);
        self.record(Instant::now(), Some(client), what);
        if let Some(stream) = &self.clients[client].stream {
            let _ = stream.shutdown(how);
        }
        if how == Shutdown::Both {
            self.clients[client].stream = None;
        }
    }

    /// A deaf client that has been sent something resets the connection: that is what the system
    /// makes of closing a connection from which not all has been read.
    pub fn resets(&mut self, name: &str) {
        let client = self.find(name);
        if let Some(stream) = self.clients[client].stream.take() {
            let _ = stream.set_read_timeout(Some(self.patience));
            let _ = stream.peek(&mut [0]);
        }
        self.did(client, "resets the connection");
        self.record(Instant::now(), Some(client), What::Reset);
    }

    /// Notes what was done, so that the next expectation can say it.
    fn did(&mut self, client: usize, what: &str) {
        let name = self.clients[client].name;
        let text = if self.doer == Some(client) {
            what.to_string()
        } else {
            format!("{name} {what}")
        };
        self.doer.get_or_insert(client);
        self.did.push(text);
        self.said_at = Instant::now();
    }

    /// Gives the server time to do with half a message what it should not: until everybody hears
    /// something, but not for long, since a right server does nothing.
    pub fn pauses(&mut self) {
        const PAUSE: Duration = Duration::from_millis(300);
        let deadline = Instant::now() + PAUSE;
        let heard = |s: &Self| s.clients.iter().all(|client| !client.unread.is_empty());
        while !heard(self) && self.take_report(deadline) {}
    }

    /// Notes something that a client has done otherwise.
    pub fn does(&mut self, name: &str, what: &str) {
        let client = self.find(name);
        self.did(client, what);
    }

    /// Something worth a line of its own, which nothing can be heard of yet.
    pub fn tells(&mut self, text: &str) {
        if !self.quiet {
            self.audience.passed(text, None);
        }
    }

    /// Plays a part whose expectations are too plain to be listed one by one.
    pub fn quietly(&mut self, part: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let before = std::mem::replace(&mut self.quiet, true);
        let outcome = part(self);
        self.quiet = before;
        outcome
    }

    /// A client joins a chat: those who are there hear of it.
    pub fn joins(&mut self, name: &'static str, others: &[&str]) -> Outcome {
        self.connects(name)?;
        self.does(name, "joins");
        self.all_hear(others, &format!("{{{name}}} joined the chat."))
    }

    // What clients expect.

    /// The client's next line must be `line`, to the letter.
    pub fn hears(&mut self, name: &str, line: &str) -> Outcome {
        let took = self.next_line(name, line)?;
        let (client, text) = (self.find(name), quoted(line));
        let text = if self.doer == Some(client) {
            format!("hears {text}")
        } else {
            format!("{name} hears {text}")
        };
        self.passed(text, Some(took));
        Ok(())
    }

    /// The next line of each of them must be `line`.
    pub fn all_hear(&mut self, names: &[&str], line: &str) -> Outcome {
        let mut took = Duration::ZERO;
        for name in names {
            took = took.max(self.next_line(name, line)?);
        }
        let verb = if names.len() == 1 { "hears" } else { "hear" };
        self.passed(
            format!("{} {verb} {}", all_of(names), quoted(line)),
            Some(took),
        );
        Ok(())
    }

    /// A client says a word and gets it back: from an echo as it is, from a chat as what it said.
    pub fn says_and_gets_back(&mut self, name: &str, text: &str) -> Outcome {
        self.says(name, text);
        self.gets_back(name, text)
    }

    /// What the client said comes back to it.
    pub fn gets_back(&mut self, name: &str, text: &str) -> Outcome {
        let client = self.find(name);
        let chat = format!("{{{name}}} says: {text}");
        let deadline = Instant::now() + self.patience;
        // In a chat, what others did may come first.
        while self.wait_for_line(client, deadline) && self.starts_with_news(client, &chat) {
            let end = line_length(&self.clients[client].unread);
            self.clients[client].unread.drain(..end);
        }
        let line = self.fill(&chat);
        let said = self.clients[client].unread.starts_with(line.as_bytes());
        let took = self.next_line_until(deadline, name, if said { &chat } else { text })?;
        let back = format!("gets {} back", quoted(text));
        let back = if self.doer == Some(client) {
            back
        } else {
            format!("{name} {back}")
        };
        self.passed(back, Some(took));
        Ok(())
    }

    fn starts_with_news(&self, client: usize, own: &str) -> bool {
        let unread = &self.clients[client].unread;
        let line = String::from_utf8_lossy(&unread[..line_length(unread)]).into_owned();
        (is_notice(&line) || line.contains(" says: ")) && line != format!("{}\n", self.fill(own))
    }

    /// The server ends the client's connection in order, with nothing before it.
    pub fn sees_end(&mut self, name: &str) -> Outcome {
        let client = self.find(name);
        let deadline = Instant::now() + self.patience;
        let ended = |c: &Client| c.ended.is_some() || !c.unread.is_empty();
        self.wait_for(client, deadline, ended);
        let seen = &self.clients[client];
        let verdict = match &seen.ended {
            _ if !seen.unread.is_empty() => Verdict::ExtraBytes(self.mask(&seen.unread)),
            Some(Verdict::Closed) => {
                let took = seen.heard_at.saturating_duration_since(self.said_at);
                self.passed(format!("{name} is disconnected"), Some(took));
                return Ok(());
            }
            Some(verdict) => verdict.clone(),
            None => Verdict::StaysOpen(self.patience),
        };
        Err(self.fail(Some(client), verdict))
    }

    /// Takes the next line of each of them as it comes: for those who talk at once.
    pub fn take_line(&mut self, name: &str) -> Result<String, Box<Failure>> {
        let client = self.find(name);
        let deadline = Instant::now() + self.patience;
        if !self.wait_for_line(client, deadline) {
            let verdict = self.why_silent(client, "");
            return Err(self.fail(Some(client), verdict));
        }
        let end = line_length(&self.clients[client].unread);
        let line: Vec<u8> = self.clients[client].unread.drain(..end).collect();
        Ok(self.mask(&line[..end - 1]))
    }

    /// A client gets some answer, whichever.
    pub fn gets_an_answer(&mut self, name: &str) -> Outcome {
        self.take_line(name)?;
        self.passed("gets an answer".to_string(), Some(self.said_at.elapsed()));
        Ok(())
    }

    /// The client's next line must be such as `due` says; the words are the server's own.
    pub fn hears_such(&mut self, name: &str, due: &str, fits: fn(&str) -> bool) -> Outcome {
        let client = self.find(name);
        let got = self.take_line(name)?;
        if !fits(&got) {
            let due = due.to_string();
            return Err(self.fail(Some(client), Verdict::WrongBytes { due, got }));
        }
        let took = self.said_at.elapsed();
        self.passed(format!("hears {}", quoted(&got)), Some(took));
        Ok(())
    }

    /// A client says so many long lines, one after the other; all of them must hear each. Between two lines they
    /// may also hear `news`.
    pub fn pours(&mut self, name: &str, all: &[&str], lines: usize, news: &str) -> Outcome {
        let client = self.begins_to_pour(name);
        let outcome = (0..lines).try_for_each(|number| self.pours_one(client, all, number, news));
        self.in_bulk = false;
        outcome?;
        self.has_heard_all(all);
        self.passed(format!("{} hear them all", all_of(all)), None);
        Ok(())
    }

    /// A client says long lines until the system keeps no more of them for the one who does not read, and then so
    /// many `more`: these the server must keep itself. Returns how many lines that were.
    pub fn pours_until_full(
        &mut self,
        name: &str,
        all: &[&str],
        deaf: &str,
        more: usize,
    ) -> Result<usize, Box<Failure>> {
        let client = self.begins_to_pour(name);
        let outcome = self.pours_and_looks(client, all, deaf, more);
        self.in_bulk = false;
        let lines = outcome?;
        self.has_heard_all(all);
        self.passed(format!("{} hear them all", all_of(all)), None);
        Ok(lines)
    }

    fn begins_to_pour(&mut self, name: &str) -> usize {
        let client = self.find(name);
        self.did(client, "says long lines");
        let what = What::Said("long lines, many of them".to_string());
        self.record(Instant::now(), Some(client), what);
        self.in_bulk = true;
        client
    }

    fn pours_and_looks(
        &mut self,
        client: usize,
        all: &[&str],
        deaf: &str,
        more: usize,
    ) -> Result<usize, Box<Failure>> {
        const LOOK: usize = 64;
        let news = format!("{{{deaf}}} left the chat.");
        let (mut end, mut kept) = (LINES_LIMIT, 0);
        let mut number = 0;
        while number < end {
            self.pours_one(client, all, number, &news)?;
            number += 1;
            if end == LINES_LIMIT && number % LOOK == 0 {
                let before = kept;
                kept = self.kept_for(deaf);
                if kept < before + LOOK / 2 * LONG_LINE {
                    end = number + more;
                }
            }
        }
        Ok(number)
    }

    /// How much the system keeps of what the server has written to a client that does not read. Only Linux tells;
    /// elsewhere it is nothing, or too little to count.
    fn kept_for(&mut self, name: &str) -> usize {
        // What the server has just begun to write may be on its way there.
        self.wait_until(Instant::now() + TICK);
        let client = self.clients[self.find(name)].address;
        usage::unread(self.server.address.port(), client.port()).unwrap_or(0)
    }

    fn pours_one(&mut self, client: usize, all: &[&str], number: usize, news: &str) -> Outcome {
        if let Some(stream) = &self.clients[client].stream {
            let _ = stream
                .as_ref()
                .write_all(format!("{}\n", long_line(number)).as_bytes());
        }
        self.said_at = Instant::now();
        all.iter()
            .try_for_each(|name| self.hears_long_line(name, client, number, news))
    }

    fn hears_long_line(&mut self, name: &str, client: usize, number: usize, news: &str) -> Outcome {
        let hearer = self.find(name);
        let news = format!("{}\n", self.fill(news)).into_bytes();
        let deadline = Instant::now() + self.patience;
        if self.wait_for_line(hearer, deadline) && self.clients[hearer].unread.starts_with(&news) {
            self.clients[hearer].unread.drain(..news.len());
            self.news_heard += 1;
        }
        let due = format!(
            "{} says: {}\n",
            self.clients[client].address,
            long_line(number)
        );
        self.next_bytes_until(deadline, hearer, due.as_bytes())
            .map(|_| ())
    }

    /// A client that read nothing while somebody poured hears all of it now.
    pub fn hears_all_poured(&mut self, name: &str, from: &str, lines: usize) -> Outcome {
        let client = self.find(from);
        self.in_bulk = true;
        let mut numbers = 0..lines;
        let outcome = numbers.try_for_each(|number| self.hears_long_line(name, client, number, ""));
        self.in_bulk = false;
        outcome?;
        let hearer = self.find(name);
        self.clients[hearer].in_bulk = false;
        self.passed(format!("{name} hears them all, in order"), None);
        Ok(())
    }

    /// Whether the news came while somebody poured.
    pub fn has_heard_news(&self) -> bool {
        self.news_heard > 0
    }

    /// Whether the server has closed this client's connection.
    pub fn is_disconnected(&self, name: &str) -> bool {
        self.clients[self.find(name)].ended.is_some()
    }

    /// From now on, what these clients hear is not shown: it is too much, and comes in any pieces.
    pub fn hears_in_bulk(&mut self, names: &[&str]) {
        for name in names {
            let client = self.find(name);
            self.clients[client].in_bulk = true;
        }
    }

    /// Shows in a word what these clients have heard meanwhile.
    pub fn has_heard_all(&mut self, names: &[&str]) {
        for name in names {
            let client = self.find(name);
            self.clients[client].in_bulk = false;
            self.record(
                Instant::now(),
                Some(client),
                What::Heard("all of it".to_string()),
            );
        }
    }

    /// The bytes of memory that the server has in use, where the system tells us.
    pub fn memory(&self) -> Option<u64> {
        usage::memory(&self.server.processes())
    }

    /// Each of them comes to hear a line, whatever they hear before it.
    pub fn all_come_to_hear(&mut self, names: &[&str], line: &str) -> Outcome {
        let mut took = Duration::ZERO;
        for name in names {
            let Some(later) = self.comes_to_hear(name, line) else {
                let client = self.find(name);
                self.clients[client].unread.clear();
                let verdict = self.why_silent(client, line);
                return Err(self.fail(Some(client), verdict));
            };
            took = took.max(later);
        }
        self.passed(
            format!("{} hear {}", all_of(names), quoted(line)),
            Some(took),
        );
        Ok(())
    }

    /// Begins anew: what was done so far is not worth telling any more.
    pub fn forget_what_was_done(&mut self) {
        self.did.clear();
        self.doer = None;
    }

    /// Says in one sentence what several clients have done.
    pub fn sum_up(&mut self, text: &str) {
        self.forget_what_was_done();
        self.did.push(text.to_string());
    }

    /// Ends a part that listed no expectations, in words of its own.
    pub fn passed_as(&mut self, text: &str, took: Duration) {
        self.audience.passed(text, Some(took));
    }

    /// What a client saw was not what it should have seen; the first line that differs tells.
    pub fn fail_at_difference(
        &mut self,
        name: &str,
        due: &[String],
        got: &[String],
    ) -> Box<Failure> {
        let client = self.find(name);
        let differs = due.iter().zip(got).find(|(due, got)| due != got);
        let (due, got) =
            differs.map_or_else(Default::default, |(due, got)| (due.clone(), got.clone()));
        self.fail(Some(client), Verdict::WrongBytes { due, got })
    }

    /// Whether a line comes to this client, and how long after the last thing said or done. This
    /// is for probes: it expects nothing, and what came before the line does not matter.
    pub fn comes_to_hear(&mut self, name: &str, line: &str) -> Option<Duration> {
        let client = self.find(name);
        let line = format!("{}\n", self.fill(line)).into_bytes();
        let heard = |c: &Client| c.unread.windows(line.len()).any(|part| part == line);
        let deadline = Instant::now() + self.patience;
        self.wait_for(client, deadline, heard);
        let seen = &self.clients[client];
        if heard(seen) {
            return Some(seen.heard_at.saturating_duration_since(self.said_at));
        }
        self.record(
            Instant::now(),
            Some(client),
            What::HeardNothing(self.patience),
        );
        None
    }

    /// Whether this client has been sent this text already.
    pub fn has_heard(&self, name: &str, text: &str) -> bool {
        let text = self.fill(text).into_bytes();
        self.clients[self.find(name)]
            .unread
            .windows(text.len())
            .any(|part| part == text)
    }

    fn next_line(&mut self, name: &str, line: &str) -> Result<Duration, Box<Failure>> {
        self.next_line_until(Instant::now() + self.patience, name, line)
    }

    fn next_line_until(
        &mut self,
        deadline: Instant,
        name: &str,
        line: &str,
    ) -> Result<Duration, Box<Failure>> {
        let due = format!("{}\n", self.fill(line)).into_bytes();
        self.next_bytes_until(deadline, self.find(name), &due)
    }

    fn next_bytes_until(
        &mut self,
        deadline: Instant,
        client: usize,
        due: &[u8],
    ) -> Result<Duration, Box<Failure>> {
        let decided = |c: &Client| c.unread.len() >= due.len() || !due.starts_with(&c.unread);
        self.wait_for(client, deadline, decided);
        if self.clients[client].unread.starts_with(due) {
            self.answered = true;
            self.clients[client].unread.drain(..due.len());
            let heard_at = self.clients[client].heard_at;
            return Ok(heard_at.saturating_duration_since(self.said_at));
        }
        let verdict = if self.clients[client].unread.is_empty() {
            self.why_silent(client, "")
        } else {
            self.why_wrong(client, due)
        };
        Err(self.fail(Some(client), verdict))
    }

    fn why_silent(&mut self, client: usize, line: &str) -> Verdict {
        if let Some(ended) = self.clients[client].ended.clone() {
            return ended;
        }
        if !self.clients[client].unread.is_empty() {
            let due = self.fill(line).into_bytes();
            return self.why_wrong(client, &due);
        }
        self.record(
            Instant::now(),
            Some(client),
            What::HeardNothing(self.patience),
        );
        Verdict::Silent(self.patience)
    }

    fn why_wrong(&mut self, client: usize, due: &[u8]) -> Verdict {
        // What came is wrong already; a moment later we can show all of it.
        self.wait_until(Instant::now() + SETTLE);
        let got = &self.clients[client].unread;
        match got.strip_suffix(due) {
            Some(extra) if !extra.is_empty() => Verdict::ExtraBytes(self.mask(extra)),
            _ => Verdict::WrongBytes {
                due: self.mask(due),
                got: self.mask(got),
            },
        }
    }

    fn passed(&mut self, expectation: String, took: Option<Duration>) {
        self.did.push(expectation);
        let text = self.did.join(", ");
        self.forget_what_was_done();
        if !self.quiet {
            self.audience.passed(&text, took);
        }
    }

    /// What went wrong, with all that helps to explain it.
    pub fn fail(&mut self, client: Option<usize>, verdict: Verdict) -> Box<Failure> {
        let verdict = match self.exit_status(&verdict) {
            Some(status) => Verdict::Exited(status),
            None => verdict,
        };
        let elsewhere = match verdict {
            Verdict::NeverListened(address, _) => self.listens_elsewhere(address),
            _ => None,
        };
        let hearer = client
            .filter(|_| self.doer != client)
            .map(|client| self.clients[client].name);
        Box::new(Failure {
            verdict,
            did: self.did.join(", "),
            hearer,
            showed: elsewhere
                .iter()
                .map(|other| format!("but something listens at {other}"))
                .collect(),
            cause: elsewhere.map(|_| Cause::WrongPort),
            addresses: self.clients.iter().map(|c| (c.name, c.address)).collect(),
            complained: String::from_utf8_lossy(&self.complained).into_owned(),
        })
    }

    /// Another address where the server says that it is, and where somebody listens.
    fn listens_elsewhere(&self, address: SocketAddr) -> Option<SocketAddr> {
        let printed = String::from_utf8_lossy(&self.printed);
        let mut addresses = printed
            .split_whitespace()
            .filter_map(|word| word.parse().ok());
        addresses.find(|other| {
            *other != address && TcpStream::connect_timeout(other, self.patience).is_ok()
        })
    }

    /// How the server ended, where a client's connection ended with it.
    fn exit_status(&mut self, verdict: &Verdict) -> Option<ExitStatus> {
        use Verdict::{Closed, ConnectionReset, NeverListened, Refused};
        if !matches!(
            verdict,
            Closed | ConnectionReset | NeverListened(..) | Refused
        ) {
            return None;
        }
        // A program's connections are closed a moment before it has ended: a panic takes its time.
        let deadline = Instant::now() + LAST_MOMENTS;
        while self.server.ended().is_none() && Instant::now() < deadline {
            self.wait_until(Instant::now() + TICK);
        }
        // What it printed last is still on its way to us; a child of it may hold the other end.
        while self.outputs_ended < 2 && Instant::now() < deadline {
            self.wait_until(Instant::now() + TICK);
        }
        let status = self.server.ended()?;
        self.record(Instant::now(), None, What::Exited(status.to_string()));
        Some(status)
    }

    // The record.

    /// Waits until `done` says so of a client, its connection ends, or it is too late.
    fn wait_for(&mut self, client: usize, deadline: Instant, done: impl Fn(&Client) -> bool) {
        loop {
            let seen = &self.clients[client];
            if done(seen) || seen.ended.is_some() || Instant::now() >= deadline {
                return;
            }
            self.take_report(deadline);
        }
    }

    fn wait_for_line(&mut self, client: usize, deadline: Instant) -> bool {
        let has_line = |c: &Client| c.unread.contains(&b'\n');
        self.wait_for(client, deadline, has_line);
        has_line(&self.clients[client])
    }

    fn wait_until(&mut self, deadline: Instant) {
        while self.take_report(deadline) {}
    }

    /// Takes one report, or waits for it until the deadline: then it is false, also where a server
    /// sends without end.
    fn take_report(&mut self, deadline: Instant) -> bool {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            if let Ok(report) = self.reports.recv_timeout(left.min(GLANCE)) {
                self.note(report);
                return true;
            }
            let started = self.started.unwrap_or_else(Instant::now);
            self.audience.waits(started.elapsed());
        }
    }

    fn note(&mut self, report: Report) {
        match report.what {
            Reported::Heard(client, bytes) => {
                if self.clients[client].unread.len() < UNREAD_LIMIT {
                    self.clients[client].unread.extend_from_slice(&bytes);
                }
                self.clients[client].heard_at = report.at;
                if self.server.is_shared() {
                    self.forget_strangers(client);
                }
                if !self.in_bulk && !self.clients[client].in_bulk {
                    let text = self.mask(&bytes);
                    self.record(report.at, Some(client), What::Heard(text));
                }
            }
            Reported::Ended(client, reset) => {
                let left = self.clients[client].stream.is_none();
                let verdict = if reset {
                    Verdict::ConnectionReset
                } else {
                    Verdict::Closed
                };
                self.clients[client].ended = Some(verdict);
                self.clients[client].heard_at = report.at;
                if !left {
                    self.record(report.at, Some(client), What::Disconnected);
                }
            }
            Reported::Printed(line) => {
                self.note_line(report.at, &line);
                keep(&mut self.printed, &line);
            }
            Reported::Complained(line) => keep(&mut self.complained, &line),
            Reported::OutputEnded => self.outputs_ended += 1,
        }
    }

    fn note_line(&mut self, at: Instant, line: &[u8]) {
        self.printed_lines += 1;
        if self.printed_lines <= PRINTED_LIMIT {
            let text = self.mask(line);
            self.record(at, None, What::Printed(text));
        }
    }

    /// In a room that was there before, others come and go: that is no part of the scene.
    fn forget_strangers(&mut self, client: usize) {
        let addresses: Vec<_> = self.clients.iter().map(|c| c.address.to_string()).collect();
        let unread = std::mem::take(&mut self.clients[client].unread);
        for line in unread.split_inclusive(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(line);
            let ours = addresses.iter().any(|address| text.starts_with(address));
            if ours || !is_notice(&text) {
                self.clients[client].unread.extend_from_slice(line);
            }
        }
    }

    fn record(&mut self, at: Instant, client: Option<usize>, what: What) {
        let started = self.started.unwrap_or(at);
        let event = Event {
            at: at.saturating_duration_since(started),
            client,
            what,
        };
        self.audience.saw(&event);
    }

    fn find(&self, name: &str) -> usize {
        let client = self.clients.iter().rposition(|client| client.name == name);
        client.expect("a scene's clients connect before they act")
    }

    /// `{name}` becomes the address of that client.
    fn fill(&self, text: &str) -> String {
        self.clients.iter().fold(text.to_string(), |text, client| {
            text.replace(&format!("{{{}}}", client.name), &client.address.to_string())
        })
    }

    /// A client's address becomes `{name}`; what cannot be printed is escaped.
    fn mask(&self, bytes: &[u8]) -> String {
        let text = crate::terminal::excerpt(bytes);
        self.clients.iter().fold(text, |text, client| {
            text.replace(&client.address.to_string(), &format!("{{{}}}", client.name))
        })
    }
}

/// Whatever became of the scene, its clients leave: their threads end, and a server that goes on
/// running is rid of them.
impl Drop for Stage<'_> {
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

/// A client's thread: reports all that the server sends.
fn listen_loop(client: usize, stream: &TcpStream, reporter: &SyncSender<Report>) {
    let mut stream = stream;
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let result = stream.read(&mut buffer);
        let what = match result {
            Ok(0) => Reported::Ended(client, false),
            Ok(length) => Reported::Heard(client, buffer[..length].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => Reported::Ended(client, true),
        };
        let over = matches!(what, Reported::Ended(..));
        if reporter
            .send(Report {
                at: Instant::now(),
                what,
            })
            .is_err()
            || over
        {
            return;
        }
    }
}

/// Keeps the last of what a program printed: a panic stands at the end.
fn keep(kept: &mut Vec<u8>, line: &[u8]) {
    const LIMIT: usize = 8 * 1024;
    kept.extend_from_slice(line);
    if kept.len() > LIMIT {
        kept.drain(..kept.len() - LIMIT);
    }
}

/// A line that takes a page of memory, and differs from all others.
fn long_line(number: usize) -> String {
    format!("{number:06} {}", "x".repeat(LONG_LINE - 7))
}

/// How many long lines the system keeps on its own for somebody who does not read. It is tried with a connection to
/// ourselves: no two systems, and no two settings of one, are alike.
pub fn lines_in_transit() -> usize {
    let count = || -> io::Result<usize> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let _reader = TcpStream::connect(listener.local_addr()?)?;
        let (mut writer, _) = listener.accept()?;
        writer.set_nodelay(true)?;
        writer.set_nonblocking(true)?;
        let (mut written, mut last) = (0, Instant::now());
        while last.elapsed() < SETTLE && written < 64 * 1024 * 1024 {
            match writer.write(&[b'x'; LONG_LINE]) {
                Ok(length) => (written, last) = (written + length, Instant::now()),
                Err(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
        Ok(written / LONG_LINE)
    };
    count().unwrap_or(1024)
}

/// `alice, bob and carol`.
fn all_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_string(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Whether a chat says this of somebody's coming or going.
fn is_notice(line: &str) -> bool {
    line.ends_with(" joined the chat.\n") || line.ends_with(" left the chat.\n")
}

fn line_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |end| end + 1)
}

/// A line as it is shown: in quotes, its newline understood, and not too long.
pub fn quoted(text: &str) -> String {
    const LIMIT: usize = 90;
    let text = text.strip_suffix("\\n").unwrap_or(text);
    if text.chars().count() <= LIMIT {
        return format!("\"{text}\"");
    }
    let start: String = text.chars().take(LIMIT / 3).collect();
    format!("\"{start}…\"")
}
