//! The room: one thread that owns all clients and all accounts, and handles one event after the other.
//!
//! So it needs no lock, and everything happens in the order in which events come out of the channel. What everybody
//! hears is collected in a batch, as long as events wait; then each client gets the batch in one write. The busier the
//! room, the larger the batch, and the less each message costs.

use std::collections::BTreeMap;
use std::iter;
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;

use super::accounts::{self, Accounts};
use super::commands::{self, Command};
use super::outlet::Outlet;
use super::sha256::Hash;

/// The most events that wait in the channel, or go into a batch. When it is full, reading threads wait for the room.
pub const EVENTS: usize = 64;

/// The size, in bytes, at which a batch is sent though more events wait.
const BATCH: usize = 1 << 16;

/// Whether a client that reads is behind. Only the room changes it; reading threads look at it.
pub static SOMEBODY_IS_BEHIND: AtomicBool = AtomicBool::new(false);

/// What a client's reading thread tells the room.
pub enum Event {
    Joined {
        outlet: Outlet,
    },
    Asked {
        command: Command,
    },
    /// May I register this name? Nobody else may from then on, until one of the next two comes.
    Reserve {
        name: String,
        hash: Hash,
        answer: SyncSender<bool>,
    },
    Registered {
        name: String,
        key: String,
    },
    NotSaved {
        name: String,
    },
    /// Is the name mine, with a key of this hash?
    Login {
        name: String,
        hash: Hash,
        answer: SyncSender<bool>,
    },
    Left,
}

/// Belongs to the room's thread alone.
#[derive(Default)]
pub struct Room {
    clients: BTreeMap<u64, Client>,
    accounts: Accounts,
    /// What everybody is to hear, and has not been sent yet.
    batch: String,
    /// Whether the room may wait for a client. In each batch it waits for one at most: fifty that stop reading at once
    /// must not cost the others fifty times the patience.
    may_wait: bool,
}

struct Client {
    /// Its nickname, or its address until it has one.
    name: String,
    outlet: Outlet,
    /// How much of the batch it has been sent already, or is not to hear.
    heard: usize,
}

impl Room {
    pub fn new(accounts: Accounts) -> Self {
        Room {
            accounts,
            ..Room::default()
        }
    }

    /// The room's thread.
    pub fn run(mut self, events: &Receiver<(u64, Event)>) {
        while let Ok(first) = events.recv() {
            thread::yield_now(); // Lets others that talk add to this batch.
            self.may_wait = true;
            for (id, event) in iter::once(first).chain(events.try_iter()).take(EVENTS) {
                self.handle(id, event);
                if self.batch.len() >= BATCH {
                    break;
                }
            }
            while !self.batch.is_empty() {
                self.flush();
                self.leave_the_lost();
            }
            let mut outlets = self.clients.values().map(|client| &client.outlet);
            SOMEBODY_IS_BEHIND.store(outlets.any(Outlet::is_behind), SeqCst);
        }
    }

    fn handle(&mut self, id: u64, event: Event) {
        match event {
            Event::Joined { outlet } => self.join(id, outlet),
            Event::Asked { command } => self.obey(id, command),
            Event::Reserve { name, hash, answer } => {
                let _ = answer.send(self.reserve(id, &name, hash)); // The reading thread waits for it.
            }
            Event::Registered { name, key } => self.register(id, name, &key),
            Event::NotSaved { name } => self.not_saved(id, &name),
            Event::Login { name, hash, answer } => {
                let _ = answer.send(self.login(id, &name, &hash));
            }
            Event::Left => self.leave(id),
        }
    }

    fn obey(&mut self, id: u64, command: Command) {
        match command {
            Command::Say(text) => self.say(id, &text),
            Command::Answer(text) => self.answer(id, &text),
            Command::Rename(name) => self.rename(id, name),
            Command::Who => self.who(id),
            Command::Exit => {
                self.answer(id, commands::BYE);
                self.leave(id);
            }
        }
    }

    /// Tells the others that somebody joins, and lets it in.
    fn join(&mut self, id: u64, outlet: Outlet) {
        let name = outlet.address.to_string();
        self.batch += &format!("{name} joined the chat.\n");
        let heard = self.batch.len(); // The newcomer hears only what comes after that.
        let client = Client {
            name,
            outlet,
            heard,
        };
        self.clients.insert(id, client);
    }

    /// Tells everybody what somebody says.
    fn say(&mut self, id: u64, text: &str) {
        if let Some(client) = self.clients.get(&id) {
            self.batch += &format!("{} says: {text}\n", client.name);
        }
    }

    /// Tells one client something, and nobody else.
    fn answer(&mut self, id: u64, text: &str) {
        if let Some(client) = self.clients.get_mut(&id) {
            // What others said before the question comes before the answer.
            let text = format!("{}{text}\n", &self.batch[client.heard..]);
            client.outlet.send(&Arc::from(text), 0, &mut self.may_wait);
            client.heard = self.batch.len();
        }
    }

    /// Gives a client another name, or tells it why not.
    fn rename(&mut self, id: u64, name: String) {
        match self.owner(&name) {
            Some((owner, its)) if owner == id && its == name => {
                self.answer(id, &commands::yours(&name));
            }
            _ if self.accounts.has(&name) => self.answer(id, &accounts::registered(&name)),
            Some((owner, _)) if owner != id => self.answer(id, &commands::taken(&name)),
            _ => self.call(id, name),
        }
    }

    /// Who has a name, in whatever letter case.
    fn owner(&self, name: &str) -> Option<(u64, &str)> {
        let mut names = self
            .clients
            .iter()
            .map(|(id, client)| (*id, client.name.as_str()));
        names.find(|(_, its)| its.eq_ignore_ascii_case(name))
    }

    /// Calls a client by another name from now on, and tells everybody.
    fn call(&mut self, id: u64, name: String) {
        if let Some(client) = self
            .clients
            .get_mut(&id)
            .filter(|client| client.name != name)
        {
            self.batch += &format!("{} is now {name}\n", client.name);
            client.name = name;
        }
    }

    /// Keeps a name for a client that wants to register it, or tells it why not.
    fn reserve(&mut self, id: u64, name: &str, hash: Hash) -> bool {
        if !self.clients.contains_key(&id) {
            return false; // It was let go: nobody would hear the key.
        }
        let is_here = |(other, _): (u64, &str)| other != id;
        let added = if self.owner(name).is_some_and(is_here) && !self.accounts.has(name) {
            Err(commands::taken(name))
        } else {
            self.accounts.add(name, hash)
        };
        if let Err(reason) = &added {
            self.answer(id, reason);
        }
        added.is_ok()
    }

    /// The account is on the disk. Its key is told to its owner, this once.
    fn register(&mut self, id: u64, name: String, key: &str) {
        self.answer(id, &accounts::welcome(&name, key));
        self.call(id, name);
    }

    /// The account could not be saved, so it is none.
    fn not_saved(&mut self, id: u64, name: &str) {
        self.accounts.remove(name);
        self.answer(id, &accounts::not_saved(name));
    }

    /// Gives a client its own name, if the key is right.
    fn login(&mut self, id: u64, name: &str, hash: &Hash) -> bool {
        if !self.clients.contains_key(&id) {
            return false; // It was let go while it waited for its turn.
        }
        let Some(name) = self.accounts.name_with(name, hash) else {
            return false;
        };
        if let Some((owner, _)) = self.owner(&name).filter(|(owner, _)| *owner != id) {
            self.replace(owner);
        }
        self.call(id, name.clone());
        self.answer(id, &format!("Welcome back, {name}."));
        true
    }

    /// Lets a client go whose place is taken by its owner's new connection. So nobody is told that it left.
    fn replace(&mut self, id: u64) {
        self.answer(id, "You logged in elsewhere.");
        if let Some(client) = self.clients.remove(&id) {
            let _ = client.outlet.stream.shutdown(Shutdown::Read); // Wakes its reading thread, which hangs up.
        }
    }

    /// Tells a client who is here.
    fn who(&mut self, id: u64) {
        let names = self.clients.values().map(|client| client.name.as_str());
        let list = commands::list(names.collect());
        self.answer(id, &list);
    }

    /// Lets a client go, with all that was said before, and tells the others that it left.
    fn leave(&mut self, id: u64) {
        if let Some(mut client) = self.clients.remove(&id) {
            let batch = Arc::from(self.batch.as_str());
            client.outlet.send(&batch, client.heard, &mut self.may_wait);
            self.batch += &format!("{} left the chat.\n", client.name);
        }
    }

    /// Tells the others that those left whom the room has disconnected.
    fn leave_the_lost(&mut self) {
        let clients = self.clients.iter();
        let lost = clients.filter(|(_, client)| client.outlet.is_lost);
        for id in lost.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.leave(id);
        }
    }

    /// Sends the batch to everybody, and starts the next one.
    fn flush(&mut self) {
        let batch = Arc::<str>::from(self.batch.as_str());
        self.batch.clear();
        for client in self.clients.values_mut() {
            if client.heard < batch.len() {
                client.outlet.send(&batch, client.heard, &mut self.may_wait);
            }
            client.heard = 0;
        }
    }
}
