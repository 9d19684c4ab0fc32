//! The room of one instance: a thread that owns the clients of this instance, and hears from the log who is in the whole
//! room.
//!
//! What a client asks for is decided by the log. Until that is heard, what is for this client alone waits its turn.

use std::collections::{BTreeMap, VecDeque};
use std::iter;
use std::mem;
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;

use super::accounts;
use super::audience::Audience;
use super::commands::{self, Command};
use super::log::{Asked, Decided, Entry, Log, Person, Refusal, Request};
use super::memory::People;
use super::outlet::Outlet;
use super::reader::Snapshot;
use super::sha256::Hash;

/// The most events that wait in the channel, or go into a batch. When it is full, the threads that send wait for the room.
pub const EVENTS: usize = 64;

const OUT_OF_REACH: &str = "The room is out of reach: what you say waits.";
const BACK: &str = "The room is back.";
const MISSING: &str = "Some lines are missing here.";
const TOO_LONG_AWAY: &str = "This server was away for too long: connect again.";

/// What happens.
pub enum Event {
    Client(u64, Act),
    Log(News),
}

/// What a client's reading thread tells the room.
pub enum Act {
    Joined {
        outlet: Outlet,
        turns: Receiver<()>,
    },
    Asked {
        command: Command,
    },
    Register {
        name: String,
        key: String,
        hash: Hash,
    },
    /// Is the name mine, with a key of this hash?
    Login {
        name: String,
        hash: Hash,
        answer: SyncSender<bool>,
    },
    Left,
}

/// What the log's threads tell the room.
pub enum News {
    Decided(Entry),
    OutOfReach,
    Back,
    /// Entries are missing. The room is like this after them.
    Missing(Snapshot),
    /// The instance was declared gone, and has come again.
    Anew(Snapshot),
}

/// Belongs to the room's thread alone.
pub struct Room {
    log: Log,
    instance: u64,
    /// The number of its last request.
    number: u64,
    /// Everybody in the room, on whatever instance.
    people: People,
    clients: BTreeMap<u64, Client>,
    audience: Audience,
    is_out_of_reach: bool,
}

/// A client of this instance.
struct Client {
    /// The way out, until it is in the audience.
    outlet: Option<Outlet>,
    /// What it has asked for, and what it is to hear when that is decided.
    turns: VecDeque<Turn>,
    /// Its reading thread puts something in before each turn: when that is full, it waits.
    taken: Receiver<()>,
    is_leaving: bool,
    /// Whether it knows that the room is out of reach.
    was_told: bool,
}

enum Turn {
    Asked,
    AskedToRegister { key: String },
    AskedToLogIn { answer: SyncSender<bool> },
    Answer(String),
    Who,
    Goodbye,
}

impl Room {
    pub fn new(log: Log, snapshot: Snapshot) -> Self {
        Room {
            log,
            instance: snapshot.instance,
            number: 0,
            people: snapshot.people,
            clients: BTreeMap::new(),
            audience: Audience::new(),
            is_out_of_reach: false,
        }
    }

    /// The room's thread.
    pub fn run(mut self, events: &Receiver<Event>) {
        while let Ok(first) = events.recv() {
            thread::yield_now(); // Lets others that talk add to this batch.
            for event in iter::once(first).chain(events.try_iter()).take(EVENTS) {
                match event {
                    Event::Client(id, act) => self.handle(id, act),
                    Event::Log(news) => self.learn(news),
                }
                if self.audience.is_full() {
                    break;
                }
            }
            while self.audience.flush() {
                self.leave_the_lost();
            }
            self.audience.rest();
        }
    }

    // What clients do.

    fn handle(&mut self, id: u64, act: Act) {
        match act {
            Act::Joined { outlet, turns } => self.join(id, outlet, turns),
            Act::Asked { command } => self.obey(id, command),
            Act::Register { name, key, hash } => {
                let request = Request::Register { name, hash };
                self.ask(id, request, Turn::AskedToRegister { key });
            }
            Act::Login { name, hash, answer } => {
                let request = Request::Login { name, hash };
                self.ask(id, request, Turn::AskedToLogIn { answer });
            }
            Act::Left => self.leave(id),
        }
    }

    fn obey(&mut self, id: u64, command: Command) {
        match command {
            Command::Say(text) => self.ask(id, Request::Say { text }, Turn::Asked),
            Command::Answer(text) => self.wait(id, Turn::Answer(text)),
            Command::Rename(name) => self.ask(id, Request::Rename { name }, Turn::Asked),
            Command::Who => self.wait(id, Turn::Who),
            Command::Exit => {
                self.wait(id, Turn::Answer(commands::BYE.to_string()));
                self.leave(id);
            }
        }
    }

    fn join(&mut self, id: u64, outlet: Outlet, taken: Receiver<()>) {
        let address = outlet.address.to_string();
        let client = Client {
            outlet: Some(outlet),
            turns: VecDeque::new(),
            taken,
            is_leaving: false,
            was_told: false,
        };
        self.clients.insert(id, client);
        self.ask(id, Request::Join { address }, Turn::Asked);
    }

    /// Asks the log, in the name of a client.
    fn ask(&mut self, id: u64, request: Request, turn: Turn) {
        let Some(client) = self.clients.get_mut(&id) else {
            return; // It was let go.
        };
        client.turns.push_back(turn);
        self.request(id, request);
    }

    fn request(&mut self, id: u64, request: Request) {
        self.number += 1;
        let asked = Asked {
            who: Person {
                instance: self.instance,
                client: id,
            },
            number: self.number,
            request,
        };
        match &mut self.log {
            Log::Memory(memory) => {
                for entry in memory.decide(&self.people, asked) {
                    self.hear(entry);
                }
            }
            Log::Redis(queue) => {
                let _ = queue.send(asked); // Fails only without a writing thread, and that never ends.
                if self.is_out_of_reach {
                    self.tell_that_it_waits(id);
                }
            }
        }
    }

    /// What needs no decision comes when all that the client asked for before is decided.
    fn wait(&mut self, id: u64, turn: Turn) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.turns.push_back(turn);
            self.go_on(id);
        }
    }

    /// Lets a client go, when all that it asked for is decided.
    fn leave(&mut self, id: u64) {
        let Some(client) = self
            .clients
            .get_mut(&id)
            .filter(|client| !client.is_leaving)
        else {
            return;
        };
        client.is_leaving = true;
        self.wait(id, Turn::Goodbye);
        self.ask(id, Request::Leave, Turn::Asked);
    }

    fn leave_the_lost(&mut self) {
        for id in self.audience.lost() {
            self.audience.remove(id);
            self.leave(id);
        }
    }

    // What the log says.

    fn learn(&mut self, news: News) {
        match news {
            News::Decided(entry) => self.hear(entry),
            News::OutOfReach => self.be_out_of_reach(),
            News::Back => self.be_back(),
            News::Missing(snapshot) => self.miss(snapshot),
            News::Anew(snapshot) => self.begin_anew(snapshot),
        }
    }

    fn hear(&mut self, entry: Entry) {
        let (who, id) = (entry.who, entry.who.client);
        let is_ours = who.instance == self.instance;
        match entry.decided {
            Decided::Joined { address } => {
                self.audience
                    .tell_all(&format!("{address} joined the chat."));
                self.people.insert(who, address);
                self.let_in(who);
            }
            Decided::Said { text } => {
                if let Some(name) = self.people.get(&who) {
                    self.audience.tell_all(&format!("{name} says: {text}"));
                }
            }
            Decided::Renamed { name } => self.call(who, name),
            Decided::Registered { name } => {
                if let Some(Turn::AskedToRegister { key }) = self.turn(who) {
                    let welcome = accounts::welcome(&name, key);
                    self.audience.answer(id, &welcome);
                }
                self.call(who, name);
            }
            Decided::LoggedIn { name } => {
                self.call(who, name.clone());
                if let Some(Turn::AskedToLogIn { answer }) = self.turn(who) {
                    let _ = answer.send(true); // The reading thread waits for it.
                    self.audience.answer(id, &format!("Welcome back, {name}."));
                }
            }
            Decided::Left => return self.say_that_it_left(who),
            Decided::Replaced => return self.replace(who),
            Decided::Gone => return self.bury(who.instance),
            Decided::Refused(refusal) if is_ours => self.refuse(id, &refusal),
            Decided::Refused(_) => {}
        }
        if is_ours {
            self.finish(id);
        }
    }

    /// What a client of ours has asked for, and is decided now.
    fn turn(&self, who: Person) -> Option<&Turn> {
        let is_ours = who.instance == self.instance;
        let client = self.clients.get(&who.client).filter(|_| is_ours)?;
        client.turns.front()
    }

    /// Lets a client of ours in. It hears what comes after that.
    fn let_in(&mut self, who: Person) {
        let client = self.clients.get_mut(&who.client);
        let client = client.filter(|_| who.instance == self.instance);
        if let Some(outlet) = client.and_then(|client| client.outlet.take()) {
            self.audience.add(who.client, outlet);
        }
    }

    /// Calls somebody by another name from now on, and tells everybody.
    fn call(&mut self, who: Person, name: String) {
        if let Some(its) = self.people.get_mut(&who).filter(|its| **its != name) {
            self.audience.tell_all(&format!("{its} is now {name}"));
            *its = name;
        }
    }

    fn refuse(&mut self, id: u64, refusal: &Refusal) {
        let text = match refusal {
            Refusal::Taken { name } => commands::taken(name),
            Refusal::Yours { name } => commands::yours(name),
            Refusal::RegisteredBefore { name } => accounts::registered(name),
            Refusal::Full => accounts::FULL.to_string(),
            Refusal::WrongKey => return, // The reading thread hears that there was no answer.
            Refusal::Nobody => return drop(self.clients.remove(&id)),
        };
        self.audience.answer(id, &text);
    }

    fn say_that_it_left(&mut self, who: Person) {
        if who.instance == self.instance {
            self.audience.remove(who.client);
            self.clients.remove(&who.client);
        }
        if let Some(name) = self.people.remove(&who) {
            self.audience.tell_all(&format!("{name} left the chat."));
        }
    }

    /// Lets a client go whose place is taken by its owner's new connection. So nobody is told that it left.
    fn replace(&mut self, who: Person) {
        self.people.remove(&who);
        if who.instance == self.instance {
            self.dismiss(who.client, "You logged in elsewhere.");
        }
    }

    /// All people of an instance have gone with it.
    fn bury(&mut self, instance: u64) {
        let first = Person {
            instance,
            client: 0,
        };
        let theirs = self.people.range(first..).map(|(who, _)| *who);
        let theirs: Vec<Person> = theirs.take_while(|who| who.instance == instance).collect();
        if instance != self.instance {
            for who in theirs {
                self.say_that_it_left(who);
            }
        }
    }

    // Turns.

    /// What a client has asked for is decided: what waits behind it is next.
    fn finish(&mut self, id: u64) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.turns.pop_front();
            let _ = client.taken.try_recv();
            self.go_on(id);
        }
    }

    /// Gives a client its answers, up to the next thing that is not decided yet.
    fn go_on(&mut self, id: u64) {
        while let Some(client) = self.clients.get_mut(&id) {
            match client.turns.front() {
                Some(Turn::Who) => {
                    let names = self.people.values().map(String::as_str);
                    self.audience.answer(id, &commands::list(names.collect()));
                }
                Some(Turn::Answer(text)) => self.audience.answer(id, text),
                Some(Turn::Goodbye) => {
                    client.outlet = None;
                    self.audience.remove(id);
                }
                _ => return,
            }
            client.turns.pop_front();
            let _ = client.taken.try_recv();
        }
    }

    /// Tells a client something and lets it go, whatever it still waits for.
    fn dismiss(&mut self, id: u64, why: &str) {
        self.tell(id, why);
        let outlet = self.clients.remove(&id).and_then(|client| client.outlet);
        if let Some(outlet) = self.audience.remove(id).or(outlet) {
            let _ = outlet.stream.shutdown(Shutdown::Read); // Wakes its reading thread, which hangs up.
        }
    }

    // Redis comes and goes.

    fn be_out_of_reach(&mut self) {
        self.is_out_of_reach = true;
        let waiting = self.clients.iter();
        let waiting = waiting.filter(|(_, client)| !client.turns.is_empty());
        for id in waiting.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.tell_that_it_waits(id);
        }
    }

    fn tell_that_it_waits(&mut self, id: u64) {
        let Some(client) = self.clients.get_mut(&id) else {
            return;
        };
        if !mem::replace(&mut client.was_told, true) {
            self.tell(id, OUT_OF_REACH);
        }
    }

    fn be_back(&mut self) {
        self.is_out_of_reach = false;
        for id in self.clients.keys().copied().collect::<Vec<_>>() {
            if let Some(client) = self.clients.get_mut(&id) {
                if mem::take(&mut client.was_told) {
                    self.tell(id, BACK);
                }
            }
        }
    }

    /// Tells a client something, also before it is let in.
    fn tell(&mut self, id: u64, text: &str) {
        match self
            .clients
            .get_mut(&id)
            .and_then(|client| client.outlet.as_mut())
        {
            Some(outlet) => outlet.send(&Arc::from(format!("{text}\n")), 0, &mut true),
            None => self.audience.answer(id, text),
        }
    }

    /// Goes on where the log goes on. A client that waits for a decision may never hear of it: it has to come again.
    fn miss(&mut self, snapshot: Snapshot) {
        self.audience.tell_all(MISSING);
        self.people = snapshot.people;
        for id in self.clients.keys().copied().collect::<Vec<_>>() {
            let who = Person {
                instance: self.instance,
                client: id,
            };
            let waits = self
                .clients
                .get(&id)
                .is_some_and(|client| !client.turns.is_empty());
            if waits || !self.people.contains_key(&who) {
                self.dismiss(
                    id,
                    "It cannot be told what became of what you said: connect again.",
                );
                self.request(id, Request::Leave);
            }
        }
    }

    /// The others have told that our people left: so they leave.
    fn begin_anew(&mut self, snapshot: Snapshot) {
        for id in self.clients.keys().copied().collect::<Vec<_>>() {
            self.dismiss(id, TOO_LONG_AWAY);
        }
        self.instance = snapshot.instance;
        self.people = snapshot.people;
        self.number = 0;
    }
}
