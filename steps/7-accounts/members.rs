//! What a client's reading thread knows of it, and how a name becomes its own.

use std::sync::Mutex;
use std::sync::mpsc::SyncSender;

use super::commands::Command;
use super::ledger::Ledger;
use super::outlet::Outlet;
use super::printing::STDERR;
use super::sha256::{self, Hash};
use super::turns::{Tries, Turns};

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

/// What all reading threads share: where accounts are opened, and keys are tried.
pub struct Desk {
    pub ledger: Mutex<Ledger>,
    pub turns: Turns,
}

pub struct Member<'a> {
    id: u64,
    to_room: &'a SyncSender<(u64, Event)>,
    desk: &'a Desk,
    pub tries: Tries<'a>,
}

impl<'a> Member<'a> {
    pub fn new(id: u64, to_room: &'a SyncSender<(u64, Event)>, desk: &'a Desk) -> Self {
        Member {
            id,
            to_room,
            desk,
            tries: Tries::new(&desk.turns),
        }
    }

    /// Tells the room about the client. Waits if too many events wait already.
    pub fn tell_room(&self, event: Event) {
        let _ = self.to_room.send((self.id, event)); // Fails only without a room, and the room outlives all clients.
    }

    /// Makes a name the client's own: the room keeps it free, the disk keeps it, then everybody is told.
    pub fn register(&self, name: String) {
        let Some(key) = self.make_key() else {
            return;
        };
        let hash = sha256::hash(key.as_bytes());
        let reserve = |answer| Event::Reserve {
            name: name.clone(),
            hash,
            answer,
        };
        if !self.ask(reserve) {
            return; // The room has said why.
        }
        let saved = self.desk.ledger.lock().unwrap().append(&name, &hash);
        self.tell_room(match saved {
            Ok(()) => Event::Registered { name, key },
            Err(error) => {
                STDERR.print(format!("Could not save an account: {error}"));
                Event::NotSaved { name }
            }
        });
    }
}
