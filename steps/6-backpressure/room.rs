//! The room: one thread that owns all clients, and handles one event after the other.
//!
//! So it needs no lock, and everything happens in the order in which events come out of the channel. What everybody
//! hears is collected in a batch, as long as events wait; then each client gets the batch in one write. The busier the
//! room, the larger the batch, and the less each message costs.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use super::commands::{self, Command};
use super::outlet::Outlet;

/// The most events that wait in the channel. When it is full, reading threads wait for the room.
const EVENTS: usize = 1024;

/// The size, in bytes, at which a batch is sent though more events wait.
const BATCH: usize = 1 << 16;

/// The most clients that a batch may wait for: fifty that stop reading together must not cost the others fifty moments.
const WAITS: u32 = 2;

/// What a client's reading thread tells the room.
pub enum Event {
    Joined { outlet: Outlet },
    Asked { command: Command },
    Left { last_words: Option<&'static str> },
}

/// Starts the room's thread, and returns the way to tell it which client does what.
pub fn open() -> io::Result<SyncSender<(u64, Event)>> {
    let (sender, events) = mpsc::sync_channel(EVENTS);
    let thread = thread::Builder::new().name("room".to_string());
    thread.spawn(move || Room::default().run(&events))?;
    Ok(sender)
}

/// Belongs to the room's thread alone.
#[derive(Default)]
struct Room {
    clients: BTreeMap<u64, Client>,
    /// What everybody is to hear, and has not been sent yet.
    batch: String,
}

struct Client {
    /// Its nickname, or its address until it has one.
    name: String,
    outlet: Outlet,
}

impl Room {
    /// The room's thread.
    fn run(mut self, events: &Receiver<(u64, Event)>) {
        while let Ok((id, event)) = events.recv() {
            self.handle(id, event);
            if let Ok((id, event)) = events.try_recv() {
                self.handle(id, event);
                thread::yield_now(); // Many talk: let their threads add to this batch.
            }
            while self.batch.len() < BATCH {
                let Ok((id, event)) = events.try_recv() else {
                    break;
                };
                self.handle(id, event);
            }
            self.flush();
        }
    }

    fn handle(&mut self, id: u64, event: Event) {
        match event {
            Event::Joined { outlet } => self.join(id, outlet),
            Event::Asked { command } => self.obey(id, command),
            Event::Left { last_words } => self.leave(id, last_words),
        }
    }

    fn obey(&mut self, id: u64, command: Command) {
        match command {
            Command::Say(text) => self.say(id, &text),
            Command::Answer(text) => self.answer(id, &text),
            Command::Rename(name) => self.rename(id, name),
            Command::Who => self.who(id),
            Command::Exit => {} // Comes as `Left`.
        }
    }

    /// Tells the others that somebody joins, and lets it in.
    fn join(&mut self, id: u64, outlet: Outlet) {
        let name = outlet.address.to_string();
        self.batch += &format!("{name} joined the chat.\n");
        self.flush(); // The newcomer hears only what comes after that.
        self.clients.insert(id, Client { name, outlet });
    }

    /// Tells everybody what somebody says.
    fn say(&mut self, id: u64, text: &str) {
        if let Some(client) = self.clients.get(&id) {
            self.batch += &format!("{} says: {text}\n", client.name);
        }
    }

    /// Tells one client something, and nobody else.
    fn answer(&mut self, id: u64, text: &str) {
        self.flush(); // What others said before the question comes before the answer.
        if let Some(client) = self.clients.get_mut(&id) {
            client.outlet.send(&Arc::from(format!("{text}\n")), &mut 1);
        }
    }

    /// Gives a client another name and tells everybody, or tells it alone why not.
    fn rename(&mut self, id: u64, name: String) {
        let mut clients = self.clients.iter();
        match clients.find(|(_, client)| client.name.eq_ignore_ascii_case(&name)) {
            Some((owner, _)) if *owner != id => self.answer(id, &commands::taken(&name)),
            Some((_, owner)) if owner.name == name => self.answer(id, &commands::yours(&name)),
            _ => {
                if let Some(client) = self.clients.get_mut(&id) {
                    self.batch += &format!("{} is now {name}\n", client.name);
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

    /// Lets a client go, with all that was said before and a last answer, and tells the others that it left.
    fn leave(&mut self, id: u64, last_words: Option<&str>) {
        self.flush();
        if let Some(words) = last_words {
            self.answer(id, words);
        }
        if let Some(client) = self.clients.remove(&id) {
            self.batch += &format!("{} left the chat.\n", client.name);
        }
    }

    /// Sends the batch to everybody, and starts the next one.
    fn flush(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let batch = Arc::from(self.batch.as_str());
        self.batch.clear();
        let mut waits = WAITS;
        for client in self.clients.values_mut() {
            client.outlet.send(&batch, &mut waits);
        }
    }
}
