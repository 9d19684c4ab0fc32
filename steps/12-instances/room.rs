//! The room of one instance: a thread that asks the log for what its clients want, and tells them what the log says, of
//! everybody in the whole room.

use std::iter;
use std::mem;
use std::sync::mpsc::Receiver;
use std::thread;

use super::accounts;
use super::clients::{Clients, Turn};
use super::commands::{self, Command};
use super::log::{Asked, Decided, Entry, Log, News, People, Person, Request, Snapshot};
use super::members::Event;

/// The most events that wait in the channel, or go into a batch. When it is full, the threads that send wait for the room.
pub const EVENTS: usize = 64;

const MISSING: &str = "Some lines are missing here.";
const TOO_LONG_AWAY: &str = "This server was away for too long: connect again.";

/// What comes out of the room's channel.
pub enum Input {
    Client(u64, Event),
    Log(News),
}

/// Belongs to the room's thread alone.
pub struct Room {
    log: Log,
    instance: u64,
    /// The number of its last request.
    number: u64,
    /// Everybody in the room, on whatever instance.
    people: People,
    clients: Clients,
}

impl Room {
    pub fn new(log: Log, snapshot: Snapshot) -> Self {
        Room {
            log,
            instance: snapshot.instance,
            number: 0,
            people: snapshot.people,
            clients: Clients::default(),
        }
    }

    /// The room's thread.
    pub fn run(mut self, inputs: &Receiver<Input>) {
        while let Ok(first) = inputs.recv() {
            thread::yield_now(); // Lets others that talk add to this batch.
            for input in iter::once(first).chain(inputs.try_iter()).take(EVENTS) {
                match input {
                    Input::Client(id, event) => self.handle(id, event),
                    Input::Log(news) => self.learn(news),
                }
                if self.clients.audience.is_full() {
                    break;
                }
            }
            self.flush();
        }
    }

    /// Sends what was collected. Those that are lost by then leave, which the others are told at once, too.
    fn flush(&mut self) {
        let mut lost = self.clients.audience.flush();
        while !lost.is_empty() {
            for id in lost {
                self.clients.audience.remove(id);
                self.leave(id);
            }
            lost = self.clients.audience.flush();
        }
    }

    // What clients want.

    fn handle(&mut self, id: u64, event: Event) {
        match event {
            Event::Joined { outlet, undecided } => {
                let address = outlet.address.to_string();
                self.clients.add(id, outlet, undecided);
                self.ask(id, Request::Join { address }, Turn::Request);
            }
            Event::Asked { command } => self.obey(id, command),
            Event::Register { name, key, hash } => {
                self.ask(id, Request::Register { name, hash }, Turn::Register { key });
            }
            Event::Login { name, hash, answer } => {
                self.ask(id, Request::Login { name, hash }, Turn::Login { answer });
            }
            Event::Left => self.leave(id),
        }
    }

    fn obey(&mut self, id: u64, command: Command) {
        match command {
            Command::Say(text) => {
                self.ask(id, Request::Say { text }, Turn::Request);
            }
            Command::Rename(name) => {
                self.ask(id, Request::Rename { name }, Turn::Request);
            }
            Command::Answer(text) => self.wait(id, Turn::Answer(text)),
            Command::Who => self.wait(id, Turn::Who),
            Command::Exit => {
                self.wait(id, Turn::Answer(commands::BYE.to_string()));
                self.wait(id, Turn::Goodbye); // Its reading thread tells next that it left.
            }
        }
    }

    fn leave(&mut self, id: u64) {
        self.wait(id, Turn::Goodbye);
        self.ask(id, Request::Leave, Turn::Request);
    }

    /// Asks the log, in the name of a client.
    fn ask(&mut self, id: u64, request: Request, turn: Turn) {
        if self.clients.queue(id, turn) {
            self.request(id, request);
        }
    }

    /// What needs no decision comes when all that the client asked for before is decided.
    fn wait(&mut self, id: u64, turn: Turn) {
        if self.clients.queue(id, turn) {
            self.clients.go_on(id, &self.people);
        }
    }

    fn request(&mut self, id: u64, request: Request) {
        self.number += 1;
        let asked = Asked {
            who: self.person(id),
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
                self.clients.tell_that_it_waits(id);
            }
        }
    }

    fn person(&self, client: u64) -> Person {
        let instance = self.instance;
        Person { instance, client }
    }

    // What the log says.

    fn learn(&mut self, news: News) {
        match news {
            News::Decided(entry) => self.hear(entry),
            News::OutOfReach => self.clients.set_away(true),
            News::Back => self.clients.set_away(false),
            News::Missing(snapshot) => self.miss(snapshot),
        }
    }

    fn hear(&mut self, entry: Entry) {
        let (who, id) = (entry.who, entry.who.client);
        let was_asked = !matches!(entry.decided, Decided::Replaced | Decided::Gone);
        let is_ours = who.instance == self.instance;
        let mut turn = None;
        if is_ours && was_asked {
            self.clients.tell_whether_it_waits(id, false); // It may come before the writing thread knows.
            turn = self.clients.next(id);
        }
        match entry.decided {
            Decided::Joined { address } => self.join(who, address),
            Decided::Said { text } => self.say(who, &text),
            Decided::Renamed { name } => self.call(who, &name),
            Decided::Registered { name } => {
                if let Some(Turn::Register { key }) = &turn {
                    let welcome = accounts::welcome(&name, key);
                    self.clients.audience.answer(id, &welcome);
                }
                self.call(who, &name);
            }
            Decided::LoggedIn { name } => {
                self.call(who, &name);
                if let Some(Turn::Login { answer }) = &turn {
                    let _ = answer.send(true); // The reading thread waits for it.
                    let welcome = format!("Welcome back, {name}.");
                    self.clients.audience.answer(id, &welcome);
                }
            }
            Decided::Refused { why } if is_ours => self.clients.audience.answer(id, &why),
            Decided::Nobody if is_ours => drop(self.clients.remove(id)),
            Decided::Refused { .. } | Decided::Nobody | Decided::WrongKey => {}
            Decided::Left => self.part(who),
            Decided::Replaced => self.replace(who),
            Decided::Gone => self.bury(who.instance),
        }
        if turn.is_some() {
            self.clients.go_on(id, &self.people);
        }
    }

    fn tell_all(&mut self, line: &str) {
        self.clients.audience.tell_all(line);
    }

    /// Tells the others that somebody joins, and lets it in.
    fn join(&mut self, who: Person, name: String) {
        self.tell_all(&format!("{name} joined the chat."));
        self.people.insert(who, name);
        if who.instance == self.instance {
            self.clients.let_in(who.client);
        }
    }

    /// Tells everybody what somebody says.
    fn say(&mut self, who: Person, text: &str) {
        if let Some(name) = self.people.get(&who) {
            let line = format!("{name} says: {text}");
            self.tell_all(&line);
        }
    }

    /// Calls somebody by another name from now on, and tells everybody.
    fn call(&mut self, who: Person, name: &str) {
        if let Some(its) = self.people.get_mut(&who).filter(|its| *its != name) {
            let old = mem::replace(its, name.to_string());
            self.tell_all(&format!("{old} is now {name}"));
        }
    }

    /// Lets somebody go, and tells the others that it left.
    fn part(&mut self, who: Person) {
        if who.instance == self.instance {
            self.clients.remove(who.client);
        }
        if let Some(name) = self.people.remove(&who) {
            self.tell_all(&format!("{name} left the chat."));
        }
    }

    /// Lets a client go whose place is taken by its owner's new connection. So nobody is told that it left.
    fn replace(&mut self, who: Person) {
        self.people.remove(&who);
        if who.instance == self.instance {
            self.clients.dismiss(who.client, "You logged in elsewhere.");
        }
    }

    /// All people of another instance have gone with it.
    fn bury(&mut self, instance: u64) {
        let people: Vec<Person> = self.people.keys().copied().collect();
        for who in people {
            if who.instance == instance && instance != self.instance {
                self.part(who);
            }
        }
    }

    /// Goes on where the log goes on. A client that waits for a decision may never hear of it: it has to come again. So
    /// have all if the others were told that they left.
    fn miss(&mut self, snapshot: Snapshot) {
        let was_gone = snapshot.instance != self.instance;
        if was_gone {
            (self.instance, self.number) = (snapshot.instance, 0);
        } else {
            self.tell_all(MISSING);
        }
        self.people = snapshot.people;
        for id in self.clients.ids() {
            let is_here = self.people.contains_key(&self.person(id));
            if self.clients.waits(id) || !is_here {
                self.clients.dismiss(id, TOO_LONG_AWAY);
                if !was_gone {
                    self.request(id, Request::Leave);
                }
            }
        }
    }
}
