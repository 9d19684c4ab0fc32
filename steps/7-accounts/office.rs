//! The office: what the room's thread does about accounts. It owns them, as the room owns the clients, so neither needs a
//! lock. The room itself is that of step 6.

use std::net::Shutdown;

use super::accounts::{self, Accounts};
use super::commands::{self, Command};
use super::members::Event;
use super::room::Room;
use super::sha256::Hash;

/// Belongs to the room's thread alone.
pub struct Office {
    pub accounts: Accounts,
}

impl Office {
    pub fn handle(&mut self, room: &mut Room, id: u64, event: Event) {
        match event {
            Event::Joined { outlet } => room.join(id, outlet),
            Event::Asked {
                command: Command::Rename(name),
            } => self.rename(room, id, name),
            Event::Asked { command } => room.obey(id, command),
            Event::Reserve { name, hash, answer } => {
                let _ = answer.send(self.reserve(room, id, &name, hash)); // The reading thread waits for it.
            }
            Event::Registered { name, key } => {
                room.audience.answer(id, &accounts::welcome(&name, &key));
                room.call(id, name);
            }
            Event::NotSaved { name } => {
                self.accounts.remove(&name);
                room.audience.answer(id, &accounts::not_saved(&name));
            }
            Event::Login { name, hash, answer } => {
                let _ = answer.send(self.login(room, id, &name, &hash));
            }
            Event::Left => room.leave(id),
        }
    }

    /// Only its owner's key gives a registered name. (To ask for the name one has is answered as before.)
    fn rename(&self, room: &mut Room, id: u64, name: String) {
        if self.accounts.has(&name) && room.owner(&name) != Some((id, &name)) {
            room.audience.answer(id, &accounts::registered(&name));
        } else {
            room.rename(id, name);
        }
    }

    /// Keeps a name for a client that wants to register it, or tells it why not.
    fn reserve(&mut self, room: &mut Room, id: u64, name: &str, hash: Hash) -> bool {
        if !room.names.contains_key(&id) {
            return false; // It was let go: nobody would hear the key.
        }
        let is_here = |(other, _): (u64, &str)| other != id;
        let added = if room.owner(name).is_some_and(is_here) && !self.accounts.has(name) {
            Err(commands::taken(name))
        } else {
            self.accounts.add(name, hash)
        };
        if let Err(reason) = &added {
            room.audience.answer(id, reason);
        }
        added.is_ok()
    }

    /// Gives a client its own name, if the key is right.
    fn login(&self, room: &mut Room, id: u64, name: &str, hash: &Hash) -> bool {
        if !room.names.contains_key(&id) {
            return false; // It was let go while it waited for its turn.
        }
        let Some(name) = self.accounts.name_with(name, hash) else {
            return false;
        };
        if let Some((owner, _)) = room.owner(&name).filter(|(owner, _)| *owner != id) {
            replace(room, owner);
        }
        room.call(id, name.clone());
        room.audience.answer(id, &format!("Welcome back, {name}."));
        true
    }
}

/// Lets a client go whose place is taken by its owner's new connection. So nobody is told that it left.
fn replace(room: &mut Room, id: u64) {
    room.audience.answer(id, "You logged in elsewhere.");
    room.names.remove(&id);
    if let Some(outlet) = room.audience.remove(id) {
        // Wakes its reading thread, which hangs up.
        let _ = outlet.stream.shutdown(Shutdown::Read);
    }
}
