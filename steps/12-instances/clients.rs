//! The clients of this instance. What one of them asks for takes its turn: until it is decided, what is for this client
//! alone waits behind it.

use std::collections::{BTreeMap, VecDeque};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::audience::Audience;
use super::commands;
use super::log::People;
use super::members::Undecided;
use super::outlet::Outlet;

const OUT_OF_REACH: &str = "The room is out of reach: what you say waits.";
const BACK: &str = "The room is back.";

#[derive(Default)]
pub struct Clients {
    by_id: BTreeMap<u64, Client>,
    /// The ways out to those who have not joined yet.
    newcomers: BTreeMap<u64, Outlet>,
    pub audience: Audience,
    /// Whether Redis is out of reach.
    is_away: bool,
}

struct Client {
    turns: VecDeque<Turn>,
    undecided: Arc<Undecided>,
    /// Whether it knows that the room is out of reach.
    was_told: bool,
}

pub enum Turn {
    Request,
    Register { key: String },
    Login { answer: SyncSender<bool> },
    // The others wait only for those before them.
    Answer(String),
    Who,
    Goodbye,
}

impl Clients {
    pub fn ids(&self) -> Vec<u64> {
        self.by_id.keys().copied().collect()
    }

    pub fn add(&mut self, id: u64, outlet: Outlet, undecided: Arc<Undecided>) {
        let client = Client {
            turns: VecDeque::new(),
            undecided,
            was_told: false,
        };
        self.by_id.insert(id, client);
        self.newcomers.insert(id, outlet);
    }

    /// Lets a client into the audience. It hears what comes after that.
    pub fn let_in(&mut self, id: u64) {
        if let Some(outlet) = self.newcomers.remove(&id) {
            self.audience.add(id, outlet);
        }
    }

    /// Gives a client's turn its place in the queue. Returns false if the client was let go.
    pub fn queue(&mut self, id: u64, turn: Turn) -> bool {
        let client = self.by_id.get_mut(&id);
        client.map(|client| client.turns.push_back(turn)).is_some()
    }

    /// Whether something waits that the client asked for.
    pub fn waits(&self, id: u64) -> bool {
        let client = self.by_id.get(&id);
        client.is_some_and(|client| !client.turns.is_empty())
    }

    /// Takes the first turn of a client out of the queue.
    pub fn next(&mut self, id: u64) -> Option<Turn> {
        let client = self.by_id.get_mut(&id)?;
        client.undecided.remove();
        let turn = client.turns.pop_front();
        if client.turns.is_empty() {
            client.turns.shrink_to_fit(); // Most clients are silent, most of the time.
        }
        turn
    }

    /// Gives a client its answers, up to the next thing that is not decided yet.
    pub fn go_on(&mut self, id: u64, people: &People) {
        while let Some(client) = self.by_id.get_mut(&id) {
            match client.turns.front() {
                Some(Turn::Answer(text)) => self.audience.answer(id, text),
                Some(Turn::Who) => {
                    let names = people.values().map(String::as_str);
                    self.audience.answer(id, &commands::list(names.collect()));
                }
                Some(Turn::Goodbye) => {
                    self.newcomers.remove(&id);
                    self.audience.remove(id);
                }
                _ => return,
            }
            self.next(id);
        }
    }

    /// Lets a client go, with all that it has heard.
    pub fn remove(&mut self, id: u64) -> Option<Outlet> {
        self.by_id.remove(&id)?.undecided.end();
        let newcomer = self.newcomers.remove(&id);
        self.audience.remove(id).or(newcomer)
    }

    /// Tells a client something and lets it go, whatever it still waits for.
    pub fn dismiss(&mut self, id: u64, why: &str) {
        self.tell(id, why);
        if let Some(outlet) = self.remove(id) {
            // Wakes its reading thread, which hangs up.
            let _ = outlet.stream.shutdown(Shutdown::Read);
        }
    }

    /// Redis is out of reach, or it is back. Those for whom something waits are told.
    pub fn set_away(&mut self, is_away: bool) {
        self.is_away = is_away;
        for id in self.ids() {
            if !is_away || self.waits(id) {
                self.tell_that_it_waits(id);
            }
        }
    }

    /// Tells a client that what it says waits, or does no longer, if it does not know yet.
    pub fn tell_that_it_waits(&mut self, id: u64) {
        self.tell_whether_it_waits(id, self.is_away);
    }

    pub fn tell_whether_it_waits(&mut self, id: u64, waits: bool) {
        let client = self.by_id.get_mut(&id);
        if let Some(client) = client.filter(|client| client.was_told != waits) {
            client.was_told = waits;
            self.tell(id, if waits { OUT_OF_REACH } else { BACK });
        }
    }

    /// Tells a client something at once, also before it is let in.
    fn tell(&mut self, id: u64, text: &str) {
        match self.newcomers.get_mut(&id) {
            Some(outlet) => outlet.send(format!("{text}\n").as_bytes(), &mut false),
            None => self.audience.answer(id, text),
        }
    }
}
