//! What a client's reading thread knows of it, and how it waits for what is not decided yet.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex};

use super::commands::Command;
use super::outlet::Outlet;
use super::room::Input;
use super::sha256::{self, Hash};
use super::turns::Turns;

/// What a client's reading thread tells the room.
pub enum Event {
    Joined {
        outlet: Outlet,
        undecided: Arc<Undecided>,
    },
    Asked {
        command: Command,
    },
    Register {
        name: String,
        key: String,
        hash: Hash,
    },
    /// Is the name mine, with a key of this hash?
    Login {
        name: String,
        hash: Hash,
        answer: SyncSender<bool>,
    },
    Left,
}

/// The most that a client may ask for while nothing of it is decided.
const MOST: usize = 16;

pub struct Member<'a> {
    id: u64,
    to_room: &'a SyncSender<Input>,
    pub undecided: Arc<Undecided>,
    pub turns: &'a Turns,
    /// How often in a row its key was wrong.
    pub wrong: usize,
}

impl<'a> Member<'a> {
    pub fn new(id: u64, to_room: &'a SyncSender<Input>, turns: &'a Turns) -> Self {
        Member {
            id,
            to_room,
            undecided: Arc::default(),
            turns,
            wrong: 0,
        }
    }

    /// Tells the room about the client. Waits if too many events wait already, or too much that this client asked for.
    pub fn tell_room(&self, event: Event) {
        self.undecided.add();
        let _ = self.to_room.send(Input::Client(self.id, event)); // Fails only without a room, and the room outlives all clients.
    }

    /// Makes a name the client's own. Only the room is told the key: the log gets its hash.
    pub fn register(&self, name: String) {
        if let Some(key) = self.make_key() {
            let hash = sha256::hash(key.as_bytes());
            self.tell_room(Event::Register { name, key, hash });
        }
    }
}

/// How much of what a client asked for is not decided yet. Its reading thread and the room share it.
pub struct Undecided {
    /// None once the room has done with the client.
    number: Mutex<Option<usize>>,
    changed: Condvar,
}

impl Default for Undecided {
    fn default() -> Self {
        Undecided {
            number: Mutex::new(Some(0)),
            changed: Condvar::new(),
        }
    }
}

impl Undecided {
    /// One more. Waits as long as there are too many.
    fn add(&self) {
        let mut number = self.number.lock().unwrap();
        while number.is_some_and(|number| number >= MOST) {
            number = self.changed.wait(number).unwrap();
        }
        *number = number.map(|number| number + 1);
    }

    /// Waits until the room has done with the client.
    pub fn wait(&self) {
        let number = self.number.lock().unwrap();
        drop(self.changed.wait_while(number, |number| number.is_some()));
    }

    /// One less.
    pub fn remove(&self) {
        let mut number = self.number.lock().unwrap();
        *number = number.map(|number| number.saturating_sub(1));
        self.changed.notify_one();
    }

    /// The room has done with the client.
    pub fn end(&self) {
        *self.number.lock().unwrap() = None;
        self.changed.notify_one();
    }
}
