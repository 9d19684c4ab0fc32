//! What a client's reading thread does about its lines. It waits for what takes long, so the room never does.

use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Instant;

use super::commands::Command;
use super::door::Client;
use super::members::{Event, Member};
use super::printing::STDERR;
use super::requests::{self, Request};
use super::turns::TURN;
use super::{key, sha256};

/// So many wrong keys in a row end the connection.
const MOST_WRONG: usize = 3;

impl Member<'_> {
    /// Tells the room what the client asks for, line by line, until it leaves.
    pub fn listen(&mut self, client: &Client) {
        for line in client.lines() {
            let request = match line {
                Ok(line) => requests::parse(line),
                Err(bad) => requests::answer(&bad.to_string()),
            };
            let is_last = request == Request::Room(Command::Exit); // Lines after that stay unread.
            self.asks(request);
            if is_last || self.wrong == MOST_WRONG {
                break;
            }
        }
        self.tell_room(Event::Left);
    }

    fn asks(&mut self, request: Request) {
        match request {
            Request::Register { name } => self.register(name),
            Request::Login { name, key } => self.login(name, &key),
            Request::Room(command) => self.tell_room(Event::Asked { command }),
        }
    }

    /// Gives the client its own name, if the key is right.
    fn login(&mut self, name: String, key: &str) {
        let hash = sha256::hash(key.as_bytes());
        let refusal = if let Some(turn) = self.turns.next(&name) {
            thread::sleep(turn.saturating_duration_since(Instant::now()));
            if self.ask(|answer| Event::Login { name, hash, answer }) {
                self.wrong = 0;
                return;
            }
            "Wrong name or key."
        } else {
            "Too many try that name: try again later."
        };
        self.wrong += 1;
        thread::sleep(TURN);
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
