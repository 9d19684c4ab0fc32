//! Turns: however many connections try keys for a name, there is one try a second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::sha256;

/// How long a turn is, and how long a wrong key's answer takes.
pub const TURN: Duration = Duration::from_secs(1);

/// How long somebody may have to wait for its turn.
const LONGEST: Duration = Duration::from_secs(10);

/// So many lines to wait in, for all names, registered or not. So two names may share one.
const LINES: usize = 4096;

/// When the next turn of each line begins.
pub struct Turns(Mutex<Vec<Instant>>);

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
