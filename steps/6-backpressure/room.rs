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
    thread.spawn(move || Room::new().run(&events))?;
    Ok(sender)
}

struct Room {
    clients: BTreeMap<u64, Client>,
    /// What everybody is to hear, since the last flush.
    batch: Vec<u8>,
    /// How many bytes more are due to clients alone.
    private: usize,
    /// For how many clients this batch may still wait.
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
    fn new() -> Self {
        Room {
            clients: BTreeMap::new(),
            batch: Vec::new(),
            private: 0,
            waits: WAITS,
        }
    }

    /// The room's thread.
    fn run(mut self, events: &Receiver<Event>) {
        while let Ok(event) = events.recv() {
            self.handle(event);
            // Whoever is about to say something may say it first: the larger the batch, the less each message costs.
            thread::yield_now();
            while self.batch.len() + self.private < BATCH {
                let Ok(event) = events.try_recv() else { break };
                self.handle(event);
            }
            self.flush();
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
        let owner = self.owner(&name);
        let Some(client) = self.clients.get_mut(&id) else {
            return;
        };
        if owner.is_some_and(|owner| owner != id) {
            self.answer(id, &commands::taken(&name));
        } else if client.name == name {
            self.answer(id, &commands::yours(&name));
        } else {
            let _ = writeln!(self.batch, "{} is now {name}", client.name);
            client.name = name;
        }
    }

    /// Whose name this is, letter case aside.
    fn owner(&self, name: &str) -> Option<u64> {
        let mut clients = self.clients.iter();
        let owner = clients.find(|(_, client)| client.name.eq_ignore_ascii_case(name));
        owner.map(|(id, _)| *id)
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
            let _ = client.send(&self.batch, &mut self.waits);
            client.outlet.close(done);
            let _ = writeln!(self.batch, "{} left the chat.", client.name);
        }
    }

    /// Sends everybody what it is due. Whoever is too slow for it is gone by then, which the others are to hear, too.
    fn flush(&mut self) {
        self.send();
        while !self.batch.is_empty() {
            self.send();
        }
    }

    /// Sends the batch, with at most one write for each client. The next one starts with who is gone.
    fn send(&mut self) {
        let mut next = Vec::new();
        self.clients.retain(|_, client| {
            let sent = client.send(&self.batch, &mut self.waits);
            if sent.is_err() {
                let _ = writeln!(next, "{} left the chat.", client.name);
            }
            sent.is_ok()
        });
        self.batch.clear();
        self.batch.append(&mut next);
        (self.private, self.waits) = (0, WAITS);
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
    fn send(&mut self, batch: &[u8], waits: &mut u32) -> Result<(), TooSlow> {
        let rest = &batch[mem::take(&mut self.start)..];
        if self.due.is_empty() {
            return self.outlet.send(rest, waits);
        }
        let mut due = mem::take(&mut self.due);
        due.extend_from_slice(rest);
        self.outlet.send(&due, waits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Read};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;
    use std::sync::mpsc::RecvTimeoutError;
    use std::time::{Duration, Instant};

    /// Lets a client join, without the notice of it, and returns its end of the connection.
    fn join(room: &mut Room, id: u64, name: &str) -> BufReader<TcpStream> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let (stream, address) = listener.accept().unwrap();
        let outlet = Outlet::new(Arc::new(stream), address).unwrap();
        room.handle(Event::Joined(id, address, outlet));
        room.clients.get_mut(&id).unwrap().name = name.to_string();
        let length = format!("{address} joined the chat.\n").len();
        room.batch.truncate(room.batch.len() - length);
        room.clients.get_mut(&id).unwrap().start -= length;
        BufReader::new(client)
    }

    fn say(room: &mut Room, id: u64, text: &str) {
        room.handle(Event::Asked(id, Command::Say(text.to_string())));
    }

    fn answer(room: &mut Room, id: u64, text: &str) {
        room.handle(Event::Asked(id, Command::Answer(text.to_string())));
    }

    fn rename(room: &mut Room, id: u64, name: &str) {
        room.handle(Event::Asked(id, Command::Rename(name.to_string())));
    }

    /// Lets a client leave, and waits until it has been sent all.
    fn leave(room: &mut Room, id: u64, last_words: &'static str) {
        let (done, all_is_sent) = mpsc::channel();
        room.handle(Event::Left(id, last_words, done));
        let end = all_is_sent.recv_timeout(Duration::from_secs(20));
        assert_eq!(end, Err(RecvTimeoutError::Disconnected));
    }

    #[track_caller]
    fn expect(client: &mut BufReader<TcpStream>, lines: &[&str]) {
        for expected in lines {
            let mut line = String::new();
            client.read_line(&mut line).unwrap();
            assert_eq!(line.strip_suffix('\n'), Some(*expected));
        }
    }

    #[test]
    fn a_newcomer_in_the_middle_of_a_batch_hears_what_comes_after() {
        let mut room = Room::new();
        let mut alice = join(&mut room, 1, "alice");
        say(&mut room, 1, "one");
        let mut bob = join(&mut room, 2, "bob");
        say(&mut room, 1, "two");
        room.flush();
        say(&mut room, 2, "three");
        room.flush();
        expect(
            &mut alice,
            &["alice says: one", "alice says: two", "bob says: three"],
        );
        expect(&mut bob, &["alice says: two", "bob says: three"]);
    }

    #[test]
    fn answers_and_messages_keep_their_order() {
        let mut room = Room::new();
        let mut alice = join(&mut room, 1, "alice");
        let mut bob = join(&mut room, 2, "bob");
        answer(&mut room, 1, "first");
        say(&mut room, 2, "second");
        answer(&mut room, 1, "third");
        answer(&mut room, 1, "fourth");
        say(&mut room, 2, "fifth");
        room.flush();
        expect(
            &mut alice,
            &[
                "first",
                "bob says: second",
                "third",
                "fourth",
                "bob says: fifth",
            ],
        );
        expect(&mut bob, &["bob says: second", "bob says: fifth"]);
    }

    #[test]
    fn whoever_leaves_hears_what_came_before() {
        let mut room = Room::new();
        let mut alice = join(&mut room, 1, "alice");
        let mut bob = join(&mut room, 2, "bob");
        say(&mut room, 2, "before");
        leave(&mut room, 1, "Bye.");
        say(&mut room, 1, "a ghost");
        say(&mut room, 2, "after");
        room.flush();
        expect(&mut alice, &["bob says: before", "Bye."]);
        expect(
            &mut bob,
            &[
                "bob says: before",
                "alice left the chat.",
                "bob says: after",
            ],
        );
        drop(room);
        assert_eq!(alice.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn a_name_is_one_clients_letter_case_aside_until_it_leaves() {
        let mut room = Room::new();
        let mut alice = join(&mut room, 1, "alice");
        let mut bob = join(&mut room, 2, "127.0.0.1:2");
        rename(&mut room, 2, "ALICE");
        rename(&mut room, 2, "bob");
        rename(&mut room, 2, "Bob");
        rename(&mut room, 2, "Bob");
        leave(&mut room, 1, "");
        rename(&mut room, 2, "Alice");
        room.handle(Event::Asked(2, Command::Who));
        room.flush();
        expect(&mut alice, &["127.0.0.1:2 is now bob", "bob is now Bob"]);
        expect(
            &mut bob,
            &[
                "Name refused: ALICE is taken.",
                "127.0.0.1:2 is now bob",
                "bob is now Bob",
                "Your name is Bob already.",
                "alice left the chat.",
                "Bob is now Alice",
                "Alice",
            ],
        );
    }

    #[test]
    fn clients_that_do_not_read_are_disconnected_and_delay_nobody_for_long() {
        let mut room = Room::new();
        let mut alice = join(&mut room, 1, "alice");
        let stalled: Vec<_> = (2..12).map(|id| join(&mut room, id, "stalled")).collect();
        let (mut heard, mut longest) = (Vec::new(), Duration::ZERO);
        while room.clients.len() > 1 {
            let start = Instant::now();
            (0..16).for_each(|_| say(&mut room, 1, &"x".repeat(4000)));
            say(&mut room, 1, "enough");
            room.flush();
            longest = longest.max(start.elapsed());
            while heard
                .last()
                .is_none_or(|line| line != "alice says: enough\n")
            {
                let mut line = String::new();
                alice.read_line(&mut line).unwrap();
                heard.push(line);
            }
            heard.retain(|line| line == "stalled left the chat.\n");
        }
        say(&mut room, 1, "peace");
        room.flush();
        expect(
            &mut alice,
            &vec!["stalled left the chat."; stalled.len() - heard.len()],
        );
        expect(&mut alice, &["alice says: peace"]);
        assert!(longest < Duration::from_secs(1), "{longest:?}");
    }
}
