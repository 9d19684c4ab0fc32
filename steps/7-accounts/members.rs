//! What a client's reading thread knows of it, and how a name becomes its own.

use std::sync::Mutex;
use std::sync::mpsc::SyncSender;

use super::commands::Command;
use super::ledger::Ledger;
use super::outlet::Outlet;
use super::printing::STDERR;
use super::sha256::{self, Hash};
use super::turns::Turns;

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

pub struct Member<'a> {
    pub id: u64,
    pub to_room: &'a SyncSender<(u64, Event)>,
    pub ledger: &'a Mutex<Ledger>,
    pub turns: &'a Turns,
    /// How often in a row its key was wrong.
    pub wrong: usize,
}

impl Member<'_> {
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
        let saved = self.ledger.lock().unwrap().append(&name, &hash);
        self.tell_room(match saved {
            Ok(()) => Event::Registered { name, key },
            Err(error) => {
                STDERR.print(format!("Could not save an account: {error}"));
                Event::NotSaved { name }
            }
        });
    }
}
