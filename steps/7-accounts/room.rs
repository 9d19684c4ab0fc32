//! The room: one thread that owns all clients and all accounts, and handles one event after the other.
//!
//! So it needs no lock, and everything happens in the order in which events come out of the channel. As long as events
//! wait, what everybody hears is collected; then the audience (`audience.rs`) gets it.

use std::collections::BTreeMap;
use std::iter;
use std::net::Shutdown;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;

use super::accounts::{self, Accounts};
use super::audience::Audience;
use super::commands::{self, Command};
use super::outlet::Outlet;
use super::sha256::Hash;

/// The most events that wait in the channel, or go into a batch. When it is full, reading threads wait for the room.
pub const EVENTS: usize = 64;

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
pub struct Room {
    /// What each client is called: by its nickname, or its address until it has one.
    names: BTreeMap<u64, String>,
    accounts: Accounts,
    audience: Audience,
}

impl Room {
    pub fn new(accounts: Accounts) -> Self {
        Room {
            names: BTreeMap::new(),
            accounts,
            audience: Audience::default(),
        }
    }

    /// The room's thread.
    pub fn run(mut self, events: &Receiver<(u64, Event)>) {
        while let Ok(first) = events.recv() {
            thread::yield_now(); // Lets others that talk add to this batch.
            let waiting = iter::once(first).chain(events.try_iter());
            for (id, event) in waiting.take(EVENTS) {
                self.handle(id, event);
                if self.audience.is_full() {
                    break;
                }
            }
            self.flush();
        }
    }

    /// Sends what was collected. Those that are lost by then leave, which the others are told at once, too.
    fn flush(&mut self) {
        let mut lost = self.audience.flush();
        while !lost.is_empty() {
            for id in lost {
                self.leave(id);
            }
            lost = self.audience.flush();
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
            Command::Answer(text) => self.audience.answer(id, &text),
            Command::Rename(name) => self.rename(id, name),
            Command::Who => self.who(id),
            Command::Exit => {
                self.audience.answer(id, commands::BYE);
                self.leave(id);
            }
        }
    }

    /// Tells the others that somebody joins, and lets it in.
    fn join(&mut self, id: u64, outlet: Outlet) {
        let name = outlet.address.to_string();
        self.audience.tell_all(&format!("{name} joined the chat."));
        self.audience.add(id, outlet);
        self.names.insert(id, name);
    }

    /// Tells everybody what somebody says.
    fn say(&mut self, id: u64, text: &str) {
        if let Some(name) = self.names.get(&id) {
            self.audience.tell_all(&format!("{name} says: {text}"));
        }
    }

    /// Gives a client another name, or tells it why not.
    fn rename(&mut self, id: u64, name: String) {
        match self.owner(&name) {
            Some((owner, its)) if owner == id && its == name => {
                self.audience.answer(id, &commands::yours(&name));
            }
            _ if self.accounts.has(&name) => {
                self.audience.answer(id, &accounts::registered(&name));
            }
            Some((owner, _)) if owner != id => {
                self.audience.answer(id, &commands::taken(&name));
            }
            _ => self.call(id, name),
        }
    }

    /// Who has a name, in whatever letter case.
    fn owner(&self, name: &str) -> Option<(u64, &str)> {
        let mut names = self.names.iter();
        let (owner, its) = names.find(|(_, its)| its.eq_ignore_ascii_case(name))?;
        Some((*owner, its))
    }

    /// Calls a client by another name from now on, and tells everybody.
    fn call(&mut self, id: u64, name: String) {
        if let Some(its) = self.names.get_mut(&id).filter(|its| **its != name) {
            self.audience.tell_all(&format!("{its} is now {name}"));
            *its = name;
        }
    }

    /// Keeps a name for a client that wants to register it, or tells it why not.
    fn reserve(&mut self, id: u64, name: &str, hash: Hash) -> bool {
        if !self.names.contains_key(&id) {
            return false; // It was let go: nobody would hear the key.
        }
        let is_here = |(other, _): (u64, &str)| other != id;
        let added = if self.owner(name).is_some_and(is_here) && !self.accounts.has(name) {
            Err(commands::taken(name))
        } else {
            self.accounts.add(name, hash)
        };
        if let Err(reason) = &added {
            self.audience.answer(id, reason);
        }
        added.is_ok()
    }

    /// The account is on the disk. Its key is told to its owner, this once.
    fn register(&mut self, id: u64, name: String, key: &str) {
        self.audience.answer(id, &accounts::welcome(&name, key));
        self.call(id, name);
    }

    /// The account could not be saved, so it is none.
    fn not_saved(&mut self, id: u64, name: &str) {
        self.accounts.remove(name);
        self.audience.answer(id, &accounts::not_saved(name));
    }

    /// Gives a client its own name, if the key is right.
    fn login(&mut self, id: u64, name: &str, hash: &Hash) -> bool {
        if !self.names.contains_key(&id) {
            return false; // It was let go while it waited for its turn.
        }
        let Some(name) = self.accounts.name_with(name, hash) else {
            return false;
        };
        if let Some((owner, _)) = self.owner(&name).filter(|(owner, _)| *owner != id) {
            self.replace(owner);
        }
        self.call(id, name.clone());
        self.audience.answer(id, &format!("Welcome back, {name}."));
        true
    }

    /// Lets a client go whose place is taken by its owner's new connection. So nobody is told that it left.
    fn replace(&mut self, id: u64) {
        self.audience.answer(id, "You logged in elsewhere.");
        self.names.remove(&id);
        if let Some(outlet) = self.audience.remove(id) {
            // Wakes its reading thread, which hangs up.
            let _ = outlet.stream.shutdown(Shutdown::Read);
        }
    }

    /// Tells a client who is here.
    fn who(&mut self, id: u64) {
        let names = self.names.values().map(String::as_str);
        self.audience.answer(id, &commands::list(names.collect()));
    }

    /// Lets a client go, with all that was said before, and tells the others that it left.
    fn leave(&mut self, id: u64) {
        if let Some(name) = self.names.remove(&id) {
            self.audience.remove(id);
            self.audience.tell_all(&format!("{name} left the chat."));
        }
    }
}
