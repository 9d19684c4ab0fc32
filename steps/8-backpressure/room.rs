//! The room: who is here, and under what name.
//!
//! All threads share it in a mutex. Each of its methods runs under one lock, so of two clients that ask for a name at the
//! same moment, one finds it taken, and everybody sees the same lines in the same order. Nothing here can panic, or the
//! mutex would be poisoned.
//!
//! What a client asks for has its pace: its thread waits for that when the lock is free again. (None if the client has
//! left.)

use std::net::SocketAddr;

use super::outbox::Outbox;
use super::pace::Pace;

#[derive(Default)]
pub struct Room {
    clients: Vec<Client>,
}

struct Client {
    /// No other client ever has this number, while an address may come back.
    id: u64,
    /// Its nickname, or its address until it has one.
    name: String,
    outbox: Outbox,
}

impl Room {
    /// Announces a client to the others, and adds it.
    pub fn join(&mut self, id: u64, address: SocketAddr, outbox: Outbox) {
        self.broadcast(&format!("{address} joined the chat.\n"));
        let name = address.to_string();
        self.clients.push(Client { id, name, outbox });
    }

    /// Sends everybody what a client says.
    pub fn say(&self, id: u64, text: &str) -> Option<Pace> {
        let name = &self.client(id)?.name;
        Some(self.broadcast(&format!("{name} says: {text}\n")))
    }

    /// Gives a client another name and announces it, or tells that client why not.
    pub fn rename(&mut self, id: u64, name: String) -> Option<Pace> {
        let refusal = match self.owner(&name) {
            Some(owner) if owner.id == id && owner.name == name => {
                format!("Your name is {name} already.")
            }
            Some(owner) if owner.id != id => format!("Name refused: {name} is taken."),
            _ => return self.call(id, name),
        };
        self.answer(id, &refusal)
    }

    /// Calls a client by another name from now on, and announces it.
    fn call(&mut self, id: u64, name: String) -> Option<Pace> {
        let client = self.clients.iter_mut().find(|client| client.id == id)?;
        let notice = format!("{} is now {name}\n", client.name);
        client.name = name;
        Some(self.broadcast(&notice))
    }

    /// Sends a client all names in one line, sorted, letter case aside.
    pub fn who(&self, id: u64) -> Option<Pace> {
        let names = self.clients.iter().map(|client| client.name.as_str());
        let mut names: Vec<&str> = names.collect();
        names.sort_by_cached_key(|name| name.to_ascii_lowercase());
        self.answer(id, &names.join(", "))
    }

    /// Removes a client, and tells the others under the name that it had.
    pub fn leave(&mut self, id: u64) {
        if let Some(place) = self.clients.iter().position(|client| client.id == id) {
            let client = self.clients.remove(place);
            self.broadcast(&format!("{} left the chat.\n", client.name));
        }
    }

    fn client(&self, id: u64) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// The client that has a name, in whatever letter case.
    fn owner(&self, name: &str) -> Option<&Client> {
        let is_owner = |client: &&Client| client.name.eq_ignore_ascii_case(name);
        self.clients.iter().find(is_owner)
    }

    /// Sends one client a line, and nobody else.
    pub fn answer(&self, id: u64, text: &str) -> Option<Pace> {
        let mut pace = Pace::new(text.len());
        let client = self.client(id)?;
        client.outbox.push(&format!("{text}\n"), &mut pace);
        Some(pace)
    }

    /// Puts a message into everybody's outbox. Nothing here waits for a socket, so the lock is
    /// free again at once.
    fn broadcast(&self, message: &str) -> Pace {
        let mut pace = Pace::new(message.len());
        for client in &self.clients {
            client.outbox.push(message, &mut pace);
        }
        pace
    }
}
