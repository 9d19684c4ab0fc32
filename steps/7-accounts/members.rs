//! What a client's reading thread does about accounts. It waits for what takes long, the disk or a pause, so the room
//! never does.

use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Instant;

use super::commands::Command;
use super::printing::STDERR;
use super::room::Event;
use super::turns::TURN;
use super::{Reader, key, sha256};

/// So many wrong keys in a row end the connection.
const MOST_WRONG: usize = 3;

impl Reader {
    /// Makes a name the client's own: the room keeps it free, the disk keeps it, then everybody is told.
    pub fn register(&self, name: String) -> bool {
        let Ok(key) =
            key::make().inspect_err(|error| STDERR.print(format!("Could not make a key: {error}")))
        else {
            return self.pass_on(Command::Answer(
                "No key could be made: try again.".to_string(),
            ));
        };
        let hash = sha256::hash(key.as_bytes());
        let reserve = |answer| Event::Reserve {
            name: name.clone(),
            hash,
            answer,
        };
        if !self.ask(reserve) {
            return true; // The room has said why.
        }
        let saved = self.desk.ledger.lock().unwrap().append(&name, &hash);
        self.tell_room(match saved {
            Ok(()) => Event::Registered { name, key },
            Err(error) => {
                STDERR.print(format!("Could not save an account: {error}"));
                Event::NotSaved { name }
            }
        });
        true
    }

    /// Gives the client its own name, if the key is right. Returns false if it was wrong once too often.
    pub fn login(&mut self, name: String, key: &str) -> bool {
        let refusal = match self.desk.turns.next(&name) {
            Some(turn) => {
                thread::sleep(turn.saturating_duration_since(Instant::now()));
                let hash = sha256::hash(key.as_bytes());
                if self.ask(|answer| Event::Login { name, hash, answer }) {
                    self.wrong = 0;
                    return true;
                }
                "Wrong name or key."
            }
            None => "Too many try that name: try again later.",
        };
        self.wrong += 1;
        thread::sleep(TURN);
        self.pass_on(Command::Answer(refusal.to_string()));
        self.wrong < MOST_WRONG
    }

    /// Asks the room, and waits for what it says.
    fn ask(&self, question: impl FnOnce(SyncSender<bool>) -> Event) -> bool {
        let (sender, answer) = mpsc::sync_channel(1);
        self.tell_room(question(sender));
        answer.recv().unwrap_or(false)
    }
}
