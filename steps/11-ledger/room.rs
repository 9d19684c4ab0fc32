//! The room: who is here, under what name, and which names have an owner.
//!
//! All threads share it in a mutex. Each of its methods runs under one lock, so of two clients that ask for a name at the
//! same moment, one finds it taken, and everybody sees the same lines in the same order. Nothing here can panic, or the
//! mutex would be poisoned.
//!
//! What a client asks for has its pace: its thread waits for that when the lock is free again. (None if the client has
//! left.)

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;

use super::accounts::Accounts;
use super::outbox::Outbox;
use super::pace::Pace;
use super::sha256::Hash;

#[derive(Default)]
pub struct Room {
    clients: Vec<Client>,
    accounts: Accounts,
    /// Names whose accounts are not on the disk yet.
    reserved: Vec<String>,
}

struct Client {
    /// No other client ever has this number, while an address may come back.
    id: u64,
    /// Its nickname, or its address until it has one.
    name: String,
    outbox: Outbox,
    stream: Arc<TcpStream>,
}

impl Room {
    /// An empty room, where these names have an owner already.
    pub fn new(accounts: Accounts) -> Room {
        Room {
            accounts,
            ..Room::default()
        }
    }

    /// Announces a client to the others, and adds it.
    pub fn join(&mut self, id: u64, address: SocketAddr, outbox: Outbox, stream: Arc<TcpStream>) {
        self.broadcast(&format!("{address} joined the chat.\n"));
        let name = address.to_string();
        let client = Client {
            id,
            name,
            outbox,
            stream,
        };
        self.clients.push(client);
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
            _ if self.is_registered(&name) => registered(&name),
            Some(owner) if owner.id != id => format!("Name refused: {name} is taken."),
            _ => return self.call(id, name),
        };
        self.answer(id, &refusal)
    }

    /// Keeps a name free until its account is saved, or tells the client why not.
    pub fn reserve(&mut self, id: u64, name: &str) -> Result<(), Option<Pace>> {
        self.client(id).ok_or(None)?; // Or nobody would learn the key.
        if let Some(refusal) = self.refusal(id, name) {
            return Err(self.answer(id, &refusal));
        }
        self.reserved.push(name.to_string());
        Ok(())
    }

    /// Gives a reserved name back.
    pub fn release(&mut self, name: &str) {
        self.reserved.retain(|reserved| reserved != name);
    }

    /// Makes a reserved name a client's own.
    pub fn register(&mut self, id: u64, name: String, key: &str, hash: Hash) -> Option<Pace> {
        self.release(&name);
        self.accounts.add(&name, hash);
        let keep = format!("Your key: {key} (keep it; /login {name} {key})");
        self.answer(id, &format!("Registered {name}. {keep}"));
        self.call(id, name)
    }

    /// Whether a name has an owner, or is about to have one.
    fn is_registered(&self, name: &str) -> bool {
        let is_it = |reserved: &String| reserved.eq_ignore_ascii_case(name);
        self.accounts.has(name) || self.reserved.iter().any(is_it)
    }

    /// Why a client cannot register a name, if it cannot.
    fn refusal(&self, id: u64, name: &str) -> Option<String> {
        match self.owner(name) {
            _ if self.is_registered(name) => Some(registered(name)),
            Some(owner) if owner.id != id => Some(format!("Name refused: {name} is taken.")),
            _ if self.accounts.is_full() => Some("No more names can be registered here.".into()),
            _ => None,
        }
    }

    /// Gives a client its own name, and takes it from an older client. None if the key is wrong.
    pub fn login(&mut self, id: u64, name: &str, hash: &Hash) -> Option<Pace> {
        self.client(id)?;
        let name = self.accounts.login(name, hash)?.to_string();
        if let Some(older) = self.owner(&name).filter(|owner| owner.id != id) {
            self.replace(older.id);
        }
        let welcome = format!("Welcome back, {name}.");
        self.call(id, name);
        self.answer(id, &welcome)
    }

    /// Lets a client go whose owner has logged in elsewhere. Nobody else is told: it is the same person.
    fn replace(&mut self, id: u64) {
        self.answer(id, "You logged in elsewhere.");
        if let Some(place) = self.clients.iter().position(|client| client.id == id) {
            // Its own thread finds the end, and hangs up.
            let _ = self.clients.remove(place).stream.shutdown(Shutdown::Read);
        }
    }

    /// Calls a client by another name from now on, and announces it.
    fn call(&mut self, id: u64, name: String) -> Option<Pace> {
        let is_it = |client: &&mut Client| client.id == id && client.name != name;
        let client = self.clients.iter_mut().find(is_it)?;
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

fn registered(name: &str) -> String {
    format!("That name is registered: /login {name} KEY.")
}
