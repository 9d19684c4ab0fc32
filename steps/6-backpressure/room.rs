//! The room: one thread that owns all clients, and handles one event after the other.
//!
//! So it needs no lock, and everything happens in the order in which events come out of the channel. As long as events
//! wait, what everybody hears is collected; then the audience (`audience.rs`) gets it.

use std::collections::BTreeMap;
use std::iter;
use std::sync::mpsc::Receiver;
use std::thread;

use super::audience::Audience;
use super::commands::{self, Command};
use super::outlet::Outlet;

/// The most events that wait in the channel, or go into a batch. When it is full, reading threads wait for the room.
pub const EVENTS: usize = 64;

/// What a client's reading thread tells the room.
pub enum Event {
    Joined { outlet: Outlet },
    Asked { command: Command },
    Left,
}

/// Belongs to the room's thread alone.
#[derive(Default)]
pub struct Room {
    /// What each client is called: by its nickname, or its address until it has one.
    pub names: BTreeMap<u64, String>,
    pub audience: Audience,
}

impl Room {
    /// The room's thread. It is told how to `handle` an event, because step 7 has more kinds of them.
    pub fn run<E>(
        mut self,
        events: &Receiver<(u64, E)>,
        mut handle: impl FnMut(&mut Room, u64, E),
    ) {
        while let Ok(first) = events.recv() {
            thread::yield_now(); // Lets others that talk add to this batch.
            let waiting = iter::once(first).chain(events.try_iter());
            for (id, event) in waiting.take(EVENTS) {
                handle(&mut self, id, event);
                if self.audience.is_full() {
                    break;
                }
            }
            self.flush();
        }
    }

    /// Sends what was collected. Those that are lost by then leave, which the others are told at once, too.
    fn flush(&mut self) {
        loop {
            let lost = self.audience.flush();
            if lost.is_empty() {
                return;
            }
            for id in lost {
                self.leave(id);
            }
        }
    }

    pub fn handle(&mut self, id: u64, event: Event) {
        match event {
            Event::Joined { outlet } => self.join(id, outlet),
            Event::Asked { command } => self.obey(id, command),
            Event::Left => self.leave(id),
        }
    }

    pub fn obey(&mut self, id: u64, command: Command) {
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
    pub fn join(&mut self, id: u64, outlet: Outlet) {
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
    pub fn rename(&mut self, id: u64, name: String) {
        match self.owner(&name) {
            Some((owner, _)) if owner != id => self.audience.answer(id, &commands::taken(&name)),
            Some((_, its)) if its == name => self.audience.answer(id, &commands::yours(&name)),
            _ => self.call(id, name),
        }
    }

    /// Who has a name, in whatever letter case.
    pub fn owner(&self, name: &str) -> Option<(u64, &str)> {
        let mut names = self.names.iter();
        let (owner, its) = names.find(|(_, its)| its.eq_ignore_ascii_case(name))?;
        Some((*owner, its))
    }

    /// Calls a client by another name from now on, and tells everybody.
    pub fn call(&mut self, id: u64, name: String) {
        if let Some(its) = self.names.get_mut(&id).filter(|its| **its != name) {
            self.audience.tell_all(&format!("{its} is now {name}"));
            *its = name;
        }
    }

    /// Tells a client who is here.
    fn who(&mut self, id: u64) {
        let names = self.names.values().map(String::as_str);
        self.audience.answer(id, &commands::list(names.collect()));
    }

    /// Lets a client go, with all that was said before, and tells the others that it left.
    pub fn leave(&mut self, id: u64) {
        if let Some(name) = self.names.remove(&id) {
            self.audience.remove(id);
            self.audience.tell_all(&format!("{name} left the chat."));
        }
    }
}
