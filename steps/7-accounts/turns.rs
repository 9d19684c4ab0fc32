//! Turns: however many connections try keys for a name, there is one try a second.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::sha256;

/// How long a turn is, and how long a wrong key's answer takes.
pub const TURN: Duration = Duration::from_secs(1);

/// How long somebody may have to wait for its turn.
const LONGEST: Duration = Duration::from_secs(10);

/// So many lines to wait in, for all names, registered or not. So two names may share one.
const LINES: usize = 4096;

/// So many wrong keys in a row end the connection.
const MOST_WRONG: usize = 3;

/// When the next turn of each line begins.
pub struct Turns(Mutex<Vec<Instant>>);

/// What one client has tried.
pub struct Tries<'a> {
    turns: &'a Turns,
    /// How often in a row its key was wrong.
    wrong: usize,
}

impl Default for Turns {
    fn default() -> Self {
        Turns(Mutex::new(vec![Instant::now(); LINES]))
    }
}

impl Turns {
    /// The next turn to try a key for this name; none if too many wait already.
    pub fn next(&self, name: &str) -> Option<Instant> {
        let [first, second, ..] = sha256::hash(name.to_ascii_lowercase().as_bytes());
        let line = usize::from(u16::from_be_bytes([first, second])) % LINES;
        let (mut turns, now) = (self.0.lock().unwrap(), Instant::now());
        let turn = turns[line].max(now);
        if turn > now + LONGEST {
            return None;
        }
        turns[line] = turn + TURN;
        Some(turn)
    }
}

impl<'a> Tries<'a> {
    pub fn new(turns: &'a Turns) -> Self {
        Tries { turns, wrong: 0 }
    }

    /// Waits until it is the client's turn. Returns false if too many wait already.
    pub fn wait(&self, name: &str) -> bool {
        let turn = self.turns.next(name);
        if let Some(turn) = turn {
            thread::sleep(turn.saturating_duration_since(Instant::now()));
        }
        turn.is_some()
    }

    pub fn succeed(&mut self) {
        self.wrong = 0;
    }

    /// Counts the try, and waits as long as a wrong one takes.
    pub fn fail(&mut self) {
        self.wrong += 1;
        thread::sleep(TURN);
    }

    /// Whether the client was wrong once too often.
    pub fn are_over(&self) -> bool {
        self.wrong == MOST_WRONG
    }
}
