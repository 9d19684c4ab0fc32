//! What a client's reading thread does about a request. It waits for what takes long, so the room never does.

use std::sync::mpsc::{self, SyncSender};

use super::commands::Command;
use super::members::{Event, Member};
use super::printing::STDERR;
use super::requests::Request;
use super::{key, sha256};

impl Member<'_> {
    pub fn asks(&mut self, request: Request) {
        match request {
            Request::Register { name } => self.register(name),
            Request::Login { name, key } => self.login(name, &key),
            Request::Room(command) => self.tell_room(Event::Asked { command }),
        }
    }

    /// Gives the client its own name, if the key is right.
    fn login(&mut self, name: String, key: &str) {
        let hash = sha256::hash(key.as_bytes());
        let refusal = if !self.tries.wait(&name) {
            "Too many try that name: try again later."
        } else if self.ask(|answer| Event::Login { name, hash, answer }) {
            return self.tries.succeed();
        } else {
            "Wrong name or key."
        };
        self.tries.fail();
        self.answer(refusal);
    }

    /// A new key. If there is none, the client is told.
    pub fn make_key(&self) -> Option<String> {
        let key = key::make().inspect_err(|error| {
            STDERR.print(format!("Could not make a key: {error}"));
            self.answer("No key could be made: try again.");
        });
        key.ok()
    }

    /// Asks the room, and waits for what it says.
    pub fn ask(&self, event: impl FnOnce(SyncSender<bool>) -> Event) -> bool {
        let (sender, answer) = mpsc::sync_channel(1);
        self.tell_room(event(sender));
        answer.recv().unwrap_or(false)
    }

    /// Has the room tell the client something, and nobody else.
    pub fn answer(&self, text: &str) {
        let command = Command::Answer(text.to_string());
        self.tell_room(Event::Asked { command });
    }
}
