//! What a scene is played on: a server, its clients, and a record of all that happens.
//!
//! One thread for each client reads what the server sends, two more read what it prints. They
//! report to one channel, with the time; the stage takes the reports out of it while it waits.

mod act;
mod expect;
mod pour;
mod report;

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use crate::failure::Outcome;
use crate::program::{CouldNotTry, Ready};
use crate::server::Server;
use crate::verdict::Verdict;

pub use pour::{LONG_LINE, lines_in_transit};
use report::Report;

/// While we wait, we look this often whether the server still runs.
const TICK: Duration = Duration::from_millis(10);
/// How long we wait for the rest of something that is wrong already, to show it whole.
const SETTLE: Duration = Duration::from_millis(100);
/// How long we wait for a program to end that has closed a connection, and for its last words.
const LAST_MOMENTS: Duration = Duration::from_millis(500);
/// How many reports may wait. A server that sends without end has to wait for us.
const REPORTS: usize = 1024;

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
        let server_reporter = reporter.clone();
        let report = move |printed| server_reporter.send(Report::of_server(printed)).is_ok();
        Ok(Stage {
            server: Server::start(ready, report)?,
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

    // What is told of it.

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

    fn passed(&mut self, expectation: String, took: Option<Duration>) {
        self.did.push(expectation);
        let text = self.did.join(", ");
        self.forget_what_was_done();
        if !self.quiet {
            self.audience.passed(&text, took);
        }
    }

    // Clients and their addresses.

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
        let text = crate::terminal::escaped(bytes);
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

/// A line as it is shown: in quotes, its newline understood, and not too long.
pub fn quoted(text: &str) -> String {
    const LIMIT: usize = 90;
    let text = without_newline(text);
    if text.chars().count() <= LIMIT {
        return format!("\"{text}\"");
    }
    let start: String = text.chars().take(LIMIT / 3).collect();
    format!("\"{start}…\" ({} characters)", text.chars().count())
}

/// A text without the newline at its end. After two backslashes, the n is a letter.
fn without_newline(text: &str) -> &str {
    match text.strip_suffix("\\n") {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => text,
    }
}
