//! The room: who is here, and under what name.
//!
//! All threads share it in a mutex. Each of its methods runs under one lock, so of two clients that ask for a name at the
//! same moment, one finds it taken, and everybody sees the same lines in the same order. Nothing here can panic, or the
//! mutex would be poisoned.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

#[derive(Default)]
pub struct Room {
    clients: Vec<Client>,
}

struct Client {
    /// No other client ever has this number, while an address may come back.
    id: u64,
    /// Its nickname, or its address until it has one.
    name: String,
    stream: TcpStream,
}

impl Room {
    /// Announces a client to the others, and adds it.
    pub fn join(&mut self, id: u64, address: SocketAddr, stream: TcpStream) {
        self.broadcast(&format!("{address} joined the chat.\n"));
        let name = address.to_string();
        self.clients.push(Client { id, name, stream });
    }

    /// Sends everybody what a client says.
    pub fn say(&self, id: u64, text: &str) {
        if let Some(client) = self.client(id) {
            self.broadcast(&format!("{} says: {text}\n", client.name));
        }
    }

    /// Gives a client another name and announces it, or tells that client why not.
    pub fn rename(&mut self, id: u64, name: String) {
        let refusal = match self.owner(&name) {
            Some(owner) if owner.id == id && owner.name == name => {
                format!("Your name is {name} already.")
            }
            Some(owner) if owner.id != id => format!("Name refused: {name} is taken."),
            _ => return self.call(id, name),
        };
        self.answer(id, &refusal);
    }

    /// Calls a client by another name from now on, and announces it.
    fn call(&mut self, id: u64, name: String) {
        if let Some(client) = self.clients.iter_mut().find(|client| client.id == id) {
            let notice = format!("{} is now {name}\n", client.name);
            client.name = name;
            self.broadcast(&notice);
        }
    }

    /// Sends a client all names in one line, sorted, letter case aside.
    pub fn who(&self, id: u64) {
        let names = self.clients.iter().map(|client| client.name.as_str());
        let mut names: Vec<&str> = names.collect();
        names.sort_by_cached_key(|name| name.to_ascii_lowercase());
        self.answer(id, &names.join(", "));
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
    pub fn answer(&self, id: u64, text: &str) {
        if let Some(mut stream) = self.client(id).map(|client| &client.stream) {
            let _ = stream.write_all(format!("{text}\n").as_bytes());
        }
    }

    /// Writes a message to everybody. Where that fails, the connection is lost: the client's own
    /// thread notices, and lets it leave.
    fn broadcast(&self, message: &str) {
        for mut stream in self.clients.iter().map(|client| &client.stream) {
            let _ = stream.write_all(message.as_bytes());
        }
    }
}
