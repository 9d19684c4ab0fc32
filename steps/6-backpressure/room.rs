//! The room: one thread that owns everybody in it, and does one thing after the other.
//!
//! So there is no lock, and the order in which things happen is the order in which they come out of the room's channel.
//! The thread takes all that waits there, writes down what everybody is to hear as one batch, and hands that batch to
//! each client in one piece. The busier the room, the larger the batch, and the less each message costs.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, Write};
use std::mem;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use crate::commands::{self, Command};
use crate::outbox::TooSlow;
use crate::outlet::Outlet;

/// The most events that wait in the room's channel. When it is full, whoever reads from a client waits for the room, and
/// so its client waits, too: what all clients together make the room hold stays bounded.
const EVENTS: usize = 1024;

/// The size at which a batch is large enough to be sent.
const BATCH: usize = 1 << 16;

/// For how many clients a batch may wait, a moment each. A crowd of clients that do not read delays the others once,
/// and not by a moment for each of the crowd.
const WAITS: u32 = 5;

/// What the room is told about a client, by the thread that reads from it.
pub enum Event {
    Joined(u64, SocketAddr, Outlet),
    Asked(u64, Command),
    /// It left, with these last words to it. The sender is dropped when all that it is due is sent.
    Left(u64, &'static str, Sender<Infallible>),
}

/// Starts the room's thread. It ends when nobody can send an event any more.
pub fn open() -> io::Result<SyncSender<Event>> {
    let (sender, events) = mpsc::sync_channel(EVENTS);
    let thread = thread::Builder::new().name("room".to_string());
    thread.spawn(move || Room::default().run(&events))?;
    Ok(sender)
}

#[derive(Default)]
struct Room {
    clients: BTreeMap<u64, Client>,
    /// What everybody is to hear, since the last flush.
    batch: Vec<u8>,
    /// How many bytes more are due to clients alone.
    private: usize,
    /// For how many clients it may still wait.
    waits: u32,
}

struct Client {
    /// Its nickname, or its address until it has one.
    name: String,
    outlet: Outlet,
    /// What it is due before the rest of the batch: its own answers, and the batch up to the last of them.
    due: Vec<u8>,
    /// Where in the batch that rest starts.
    start: usize,
}

impl Room {
    /// The room's thread.
    fn run(mut self, events: &Receiver<Event>) {
        while let Ok(event) = events.recv() {
            self.waits = WAITS;
            self.handle(event);
            // Whoever is about to say something may say it first: the larger the batch, the less each message costs.
            thread::yield_now();
            while self.batch.len() + self.private < BATCH {
                let Ok(event) = events.try_recv() else { break };
                self.handle(event);
            }
            self.flush();
            while !self.batch.is_empty() {
                self.flush();
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Joined(id, address, outlet) => self.join(id, address, outlet),
            Event::Asked(id, command) => self.obey(id, command),
            Event::Left(id, last_words, done) => self.leave(id, last_words, done),
        }
    }

    /// Does what a client asks for; if it is not here any more, nothing.
    fn obey(&mut self, id: u64, command: Command) {
        match command {
            Command::Say(text) => self.say(id, &text),
            Command::Answer(text) => self.answer(id, &text),
            Command::Rename(name) => self.rename(id, name),
            Command::Who => self.who(id),
            Command::Exit => {} // The thread that reads from it says so by `Event::Left`.
        }
    }

    /// Tells the others that somebody joins, and lets it in. It hears what comes after that.
    fn join(&mut self, id: u64, address: SocketAddr, outlet: Outlet) {
        let name = address.to_string();
        let _ = writeln!(self.batch, "{name} joined the chat."); // A `Vec` takes everything.
        let client = Client {
            name,
            outlet,
            due: Vec::new(),
            start: self.batch.len(),
        };
        self.clients.insert(id, client);
    }

    /// Tells everybody what somebody says.
    fn say(&mut self, id: u64, text: &str) {
        if let Some(client) = self.clients.get(&id) {
            let _ = writeln!(self.batch, "{} says: {text}", client.name);
        }
    }

    /// Tells one client something, and nobody else.
    fn answer(&mut self, id: u64, text: &str) {
        if let Some(client) = self.clients.get_mut(&id) {
            self.private += client.answer(text, &self.batch);
        }
    }

    /// Gives a client another name and tells everybody, or tells it alone why not.
    fn rename(&mut self, id: u64, name: String) {
        let mut clients = self.clients.iter();
        let owner = clients.find(|(_, client)| client.name.eq_ignore_ascii_case(&name));
        let owner = owner.map(|(owner, client)| (*owner, client.name == name));
        match owner {
            Some((owner, _)) if owner != id => self.answer(id, &commands::taken(&name)),
            Some((_, true)) => self.answer(id, &commands::yours(&name)),
            _ => {
                if let Some(client) = self.clients.get_mut(&id) {
                    let _ = writeln!(self.batch, "{} is now {name}", client.name);
                    client.name = name;
                }
            }
        }
    }

    /// Tells a client who is here.
    fn who(&mut self, id: u64) {
        let names = self.clients.values().map(|client| client.name.as_str());
        let list = commands::list(names.collect());
        self.answer(id, &list);
    }

    /// Lets a client go, with all that it is due, and tells the others that it left.
    fn leave(&mut self, id: u64, last_words: &str, done: Sender<Infallible>) {
        if !last_words.is_empty() {
            self.answer(id, last_words);
        }
        if let Some(mut client) = self.clients.remove(&id) {
            let _ = client.flush(&self.batch, &mut self.waits);
            client.outlet.close(done);
            let _ = writeln!(self.batch, "{} left the chat.", client.name);
        }
    }

    /// Sends the batch to everybody, with at most one write for each. Whoever is too slow for it is gone by then: that
    /// is the start of the next batch.
    fn flush(&mut self) {
        let mut next = Vec::new();
        self.clients.retain(|_, client| {
            let sent = client.flush(&self.batch, &mut self.waits);
            if sent.is_err() {
                let _ = writeln!(next, "{} left the chat.", client.name);
            }
            sent.is_ok()
        });
        self.batch.clear();
        self.batch.append(&mut next);
        self.private = 0;
    }
}

impl Client {
    /// Adds an answer to what the client is due, after what it is due of the batch so far. Returns how much that was.
    fn answer(&mut self, text: &str, batch: &[u8]) -> usize {
        let before = self.due.len();
        self.due.extend_from_slice(&batch[self.start..]);
        self.start = batch.len();
        let _ = writeln!(self.due, "{text}");
        self.due.len() - before
    }

    /// Sends all that the client is due. The next batch is its own from the start.
    fn flush(&mut self, batch: &[u8], waits: &mut u32) -> Result<(), TooSlow> {
        let rest = &batch[mem::take(&mut self.start)..];
        if self.due.is_empty() {
            return self.outlet.send(rest, waits);
        }
        let mut due = mem::take(&mut self.due);
        due.extend_from_slice(rest);
        self.outlet.send(&due, waits)
    }
}
