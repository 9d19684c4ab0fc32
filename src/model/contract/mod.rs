//! The contract as a machine: a client's action goes in, and out comes what each client is due.
//! It is pure: it knows no sockets, no time and no output.
//!
//! A mistake is this machine with one thing different. Where servers are known to deviate, the
//! machine asks the deviations that it was given. Without any, it is the contract.

mod accounts;
pub mod commands;
pub mod lines;

use std::collections::VecDeque;

use crate::model::features::Feature;

/// A client, by its number in the session.
pub type ClientId = usize;

/// Steps that others have to know.
pub const CHAT: usize = Feature::Chat.step();
pub const NAMES: usize = Feature::Names.step();
pub const ACCOUNTS: usize = Feature::Accounts.step();
pub const LEDGER: usize = Feature::Ledger.step();
pub const INSTANCES: usize = Feature::Instances.step();

/// The most bytes in a line, without its end.
pub const LIMIT: usize = 4096;
/// In the order in which the steps bring them.
pub const COMMANDS: [&str; 9] = [
    "/help",
    "/time",
    "/up",
    "/down",
    "/exit",
    "/nick",
    "/who",
    "/register",
    "/login",
];

/// The commands that a server of this step knows.
pub fn commands_of(step: usize) -> &'static [&'static str] {
    let number = match step {
        ACCOUNTS.. => 9,
        NAMES.. => 7,
        _ => 5,
    };
    &COMMANDS[..number]
}

/// What a client does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Connect,
    /// These bytes, in one packet.
    Send(Vec<u8>),
    /// Closes the sending side, and keeps reading.
    HalfClose,
    /// Closes the connection.
    Leave,
    /// Closes the connection with unread data.
    Reset,
}

/// What a client is due.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// Exactly these bytes.
    Bytes(Vec<u8>),
    /// Something in the server's own words.
    Matches(Pattern),
    /// The end of its connection. In order, if that matters: what was sent before arrives.
    End { in_order: bool },
}

/// Where the words are the server's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// One line that is not empty: why not.
    Refusal,
    /// One line for each command of this step, which names it.
    Help { step: usize },
    /// `2026-11-22 14:05:09 UTC`, or whatever it is now.
    Time,
    /// One line that is not empty, and not a welcome.
    LoginRefusal,
    /// Any lines, or none.
    Anything,
}

/// Why something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Echo,
    Joined,
    Said,
    Left,
    Renamed,
    /// The answer to a command.
    Answer,
    NameRefused,
    LineRefused,
    /// A key, which no other client may learn.
    Registered,
    LoginRefused,
    Bye,
    End,
}

impl Kind {
    /// Whether everybody in the room is due it.
    pub fn is_public(self) -> bool {
        matches!(self, Kind::Joined | Kind::Said | Kind::Left | Kind::Renamed)
    }
}

/// Whether two clients are connected to the same server, where there are two: clients connect to
/// them in turn.
pub fn are_together(one: ClientId, other: ClientId) -> bool {
    one % 2 == other % 2
}

/// Something to be sent: why, because of which client, and what.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: Kind,
    pub by: ClientId,
    pub expected: Expected,
}

/// How a server can end what should go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The whole program.
    Program,
    /// One client's connection, with or without a notice to the others.
    Announced,
    Silent,
}

/// Where a client is. Nothing more is read from one that has gone.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub enum Place {
    #[default]
    Outside,
    InTheRoom,
    Gone,
}

/// What only mistaken servers do, where it takes one question in the middle of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    PassEmptyLines,
    ForgetLastLine,
    ReadAfterExit,
    ReportEndAsMessage,
    CompareAccountsExactly,
    RegisterTakenNames,
    RegisterTwice,
    TakeAnyKey,
    TakeBeginningOfKey,
    KeepOldConnection,
    AnnounceOldConnection,
    KeepOldConnectionOpen,
    RegisterWithoutRename,
    AllowEndlessGuesses,
    CountAllGuessesTogether,
    KeepCountAfterLogin,
    // Of two servers, each for itself.
    CheckNamesHere,
    CheckAccountsHere,
    ListClientsHere,
}

#[derive(Clone, Default, Debug)]
pub struct Client {
    /// What others call it before it has a name.
    pub address: String,
    pub name: Option<String>,
    pub place: Place,
    /// How many packets it has sent, and how many messages it has said.
    pub sent: usize,
    pub said: usize,
    /// Wrong logins in a row.
    wrong_logins: usize,
    /// The bytes of a line that is not whole yet.
    pub unfinished: Vec<u8>,
    /// The rest of a line that was refused is still to come.
    pub skips: bool,
    /// What only a mistaken server keeps.
    pub kept: Vec<u8>,
    expected: Vec<Expected>,
}

impl Client {
    pub fn is_in(&self) -> bool {
        self.place == Place::InTheRoom
    }

    pub fn has_gone(&self) -> bool {
        self.place == Place::Gone
    }
}

/// One message, as the framing found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    Text(String),
    /// Not text: what becomes of it, only later steps define.
    Garbage,
    Refused(&'static str),
}

/// One thing that is different: of which size, and for lines of which kinds (none: of all).
#[derive(Clone, Copy)]
pub struct Deviation {
    pub hook: Hook,
    pub size: usize,
    pub of: &'static [Kind],
}

/// The places where a server can deviate from the contract.
#[derive(Clone, Copy)]
pub enum Hook {
    Have(Quirk),
    /// Other rules from the start; the number is the size.
    Set(fn(&mut Contract, usize)),
    /// Whether the server handles an action: if not now, perhaps later.
    Attend(fn(&Input) -> bool),
    /// What the server ends instead of handling an action, or after it.
    EndBefore(fn(&Input) -> Option<Ending>),
    EndAfter(fn(&Input) -> Option<Ending>),
    /// The bytes of a packet, as the server sees them.
    Read(fn(&mut Packet) -> Vec<u8>),
    /// How bytes become messages.
    Frame(fn(&mut Packet) -> Vec<Message>),
    /// What becomes of one line.
    Decode(fn(&Line) -> Message),
    /// How often a client gets something.
    Deliver(fn(&Delivery) -> usize),
    /// What it gets, if that is different.
    Write(fn(&Delivery) -> Option<Expected>),
    /// Runs a command in another way; false if this one runs as it should.
    Run(fn(&mut Command) -> bool),
    /// Whether a client may have a name.
    Grant(fn(&NameRequest) -> bool),
}

/// A client does something.
pub struct Input<'c> {
    pub contract: &'c Contract,
    pub by: ClientId,
    pub action: &'c Action,
    pub size: usize,
}

/// Bytes have arrived from a client.
pub struct Packet<'c> {
    pub contract: &'c mut Contract,
    pub by: ClientId,
    pub bytes: &'c [u8],
    pub size: usize,
}

/// A line is whole, or too long.
pub struct Line<'c> {
    pub contract: &'c Contract,
    pub bytes: &'c [u8],
    pub size: usize,
}

/// Something is sent to a client, which is due it so many times.
pub struct Delivery<'c> {
    pub contract: &'c Contract,
    pub event: &'c Event,
    pub to: ClientId,
    pub times: usize,
    pub expected: &'c Expected,
    pub size: usize,
    pub of: &'static [Kind],
}

/// A client has sent a command.
pub struct Command<'c> {
    pub contract: &'c mut Contract,
    pub by: ClientId,
    pub line: &'c str,
    pub size: usize,
}

/// A client asks for a name, which a right server grants or does not.
pub struct NameRequest<'c> {
    pub contract: &'c Contract,
    pub by: ClientId,
    pub name: &'c str,
    pub is_granted: bool,
    pub size: usize,
}

#[derive(Clone)]
pub struct Contract {
    pub step: usize,
    pub clients: Vec<Client>,
    /// The server's own address.
    pub server: String,
    /// The most bytes in a line.
    pub limit: usize,
    /// The action that is being handled.
    pub doing: Action,
    pub has_ended: bool,
    /// Departures from a room that was empty then. The next client may get their notices.
    pub unheard: Vec<Vec<u8>>,
    /// The names that are registered, and by which clients.
    accounts: Vec<String>,
    owners: Vec<ClientId>,
    waiting: VecDeque<(ClientId, Action)>,
    deviations: Vec<Deviation>,
    quirks: Vec<Quirk>,
}

impl Contract {
    /// The contract of a step, for clients with these addresses.
    pub fn new(step: usize, addresses: Vec<String>) -> Contract {
        let client = |address| Client {
            address,
            ..Client::default()
        };
        Contract {
            step,
            clients: addresses.into_iter().map(client).collect(),
            server: "{server}".to_string(),
            limit: LIMIT,
            doing: Action::Connect,
            has_ended: false,
            unheard: Vec::new(),
            accounts: Vec::new(),
            owners: Vec::new(),
            waiting: VecDeque::new(),
            deviations: Vec::new(),
            quirks: Vec::new(),
        }
    }

    pub fn with(mut self, deviations: Vec<Deviation>) -> Contract {
        for deviation in &deviations {
            match deviation.hook {
                Hook::Set(set) => set(&mut self, deviation.size),
                Hook::Have(quirk) => self.quirks.push(quirk),
                _ => {}
            }
        }
        self.deviations = deviations;
        self
    }

    pub fn has(&self, feature: Feature) -> bool {
        feature.is_in(self.step)
    }

    pub fn is_chat(&self) -> bool {
        self.has(Feature::Chat)
    }

    fn has_quirk(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// A client does something. A right server handles it at once.
    pub fn act(&mut self, who: ClientId, action: &Action) {
        self.waiting.push_back((who, action.clone()));
        while let Some(next) = self.next_attended() {
            if let Some((who, action)) = self.waiting.remove(next) {
                self.handle(who, &action);
            }
        }
    }

    /// What this client is due because of all that happened since the last call.
    pub fn take_expected(&mut self, who: ClientId) -> Vec<Expected> {
        std::mem::take(&mut self.clients[who].expected)
    }

    /// Whether a client can say a word now: it is there, and has no line begun.
    pub fn can_speak(&self, who: ClientId) -> bool {
        let client = &self.clients[who];
        client.is_in() && client.unfinished.is_empty() && !client.skips
    }

    /// What others call a client.
    pub fn name(&self, who: ClientId) -> &str {
        let client = &self.clients[who];
        client.name.as_ref().unwrap_or(&client.address)
    }

    /// All clients in the room.
    pub fn people(&self) -> impl Iterator<Item = ClientId> {
        (0..self.clients.len()).filter(|who| self.clients[*who].is_in())
    }

    /// Whether a line is about a client that has left an empty room: one that comes next may or
    /// may not get it.
    pub fn is_leftover(&self, hearer: ClientId, line: &[u8]) -> bool {
        let is_of = |who: ClientId| line.starts_with(format!("{} ", self.name(who)).as_bytes());
        let others = (0..self.clients.len()).filter(|who| *who != hearer);
        let mut gone = others.filter(|who| self.clients[*who].has_gone());
        self.unheard.iter().any(|unheard| unheard == line)
            || !self.unheard.is_empty() && gone.any(is_of)
    }

    fn next_attended(&self) -> Option<usize> {
        let is_first_of_its_client =
            |at: usize, who: ClientId| self.waiting.iter().take(at).all(|(other, _)| *other != who);
        self.waiting
            .iter()
            .enumerate()
            .position(|(at, (who, action))| {
                is_first_of_its_client(at, *who) && self.is_attended(*who, action)
            })
    }

    fn handle(&mut self, who: ClientId, action: &Action) {
        if self.has_ended || self.clients[who].has_gone() {
            return;
        }
        self.doing = action.clone();
        if let Some(ending) = self.ending_before(who, action) {
            return self.end(who, ending);
        }
        match action {
            Action::Connect => self.join(who),
            Action::Send(bytes) => self.receive(who, bytes),
            Action::HalfClose | Action::Leave => self.end_input(who),
            Action::Reset => self.leave(who),
        }
        if let Some(ending) = self.ending_after(who, action) {
            self.end(who, ending);
        }
    }

    // Coming and going.

    /// The others are told of a newcomer; from then on it gets all that they get.
    fn join(&mut self, who: ClientId) {
        if self.is_chat() {
            let line = format!("{} joined the chat.", self.name(who));
            self.send_line(Kind::Joined, who, &line);
        }
        self.clients[who].place = Place::InTheRoom;
    }

    /// A last line counts without its newline.
    fn end_input(&mut self, who: ClientId) {
        let rest = std::mem::take(&mut self.clients[who].unfinished);
        let skips = self.clients[who].skips || self.has_quirk(Quirk::ForgetLastLine);
        if !self.is_chat() {
            self.echo(who, rest);
        } else if !rest.is_empty() && !skips {
            let message = self.message(&rest);
            self.process(who, message);
        }
        self.leave(who);
    }

    /// All who are left are told, however the client left.
    fn leave(&mut self, who: ClientId) {
        if self.clients[who].has_gone() {
            return;
        }
        if self.has_quirk(Quirk::ReportEndAsMessage) && self.doing != Action::Reset {
            self.say(who, "");
        }
        let line = format!("{} left the chat.", self.name(who));
        self.clients[who].place = Place::Gone;
        if self.is_chat() {
            if self.people().next().is_none() {
                self.unheard.push(format!("{line}\n").into_bytes());
            }
            self.send_line(Kind::Left, who, &line);
        }
        self.close(who);
    }

    fn close(&mut self, who: ClientId) {
        self.send(Kind::End, who, Expected::End { in_order: true });
    }

    // What becomes of a message.

    fn process(&mut self, who: ClientId, message: Message) {
        match message {
            Message::Refused(why) => self.send_line(Kind::LineRefused, who, why),
            Message::Garbage => self.send_pattern(Kind::Said, who, Pattern::Anything),
            Message::Text(text) if text.is_empty() && self.ignores_empty_lines() => {}
            Message::Text(text) if text.starts_with('/') && self.has(Feature::Commands) => {
                self.command(who, &text);
            }
            Message::Text(text) => self.say(who, &text),
        }
    }

    fn ignores_empty_lines(&self) -> bool {
        self.has(Feature::Lines) && !self.has_quirk(Quirk::PassEmptyLines)
    }

    pub fn say(&mut self, who: ClientId, text: &str) {
        self.clients[who].said += 1;
        let line = format!("{} says: {text}", self.name(who));
        self.send_line(Kind::Said, who, &line);
    }

    // Which client is due what.

    pub fn send_line(&mut self, kind: Kind, by: ClientId, text: &str) {
        let line = format!("{text}\n").into_bytes();
        self.send(kind, by, Expected::Bytes(line));
    }

    fn send_pattern(&mut self, kind: Kind, by: ClientId, pattern: Pattern) {
        self.send(kind, by, Expected::Matches(pattern));
    }

    fn send(&mut self, kind: Kind, by: ClientId, expected: Expected) {
        let event = Event { kind, by, expected };
        for client in 0..self.clients.len() {
            for _ in 0..self.times(&event, client) {
                let expected = self.written(&event, client);
                self.clients[client].expected.push(expected);
            }
        }
    }

    /// An answer goes to the client that asked, everything else to all in the room: once.
    fn times(&self, event: &Event, to: ClientId) -> usize {
        let client = &self.clients[to];
        let is_due = match event.kind {
            Kind::End => to == event.by,
            kind if kind.is_public() => client.is_in(),
            _ => to == event.by && !client.has_gone(),
        };
        let mut times = usize::from(is_due);
        for deviation in &self.deviations {
            if let Hook::Deliver(deliver) = deviation.hook {
                times = deliver(&self.delivery(event, to, times, &event.expected, deviation));
            }
        }
        times
    }

    fn written(&self, event: &Event, to: ClientId) -> Expected {
        let mut written = event.expected.clone();
        for deviation in &self.deviations {
            if let Hook::Write(write) = deviation.hook {
                let other = write(&self.delivery(event, to, 1, &written, deviation));
                written = other.unwrap_or(written);
            }
        }
        written
    }

    // Where deviations are asked.

    fn delivery<'c>(
        &'c self,
        event: &'c Event,
        to: ClientId,
        times: usize,
        expected: &'c Expected,
        deviation: &Deviation,
    ) -> Delivery<'c> {
        Delivery {
            contract: self,
            event,
            to,
            times,
            expected,
            size: deviation.size,
            of: deviation.of,
        }
    }

    fn input<'c>(&'c self, by: ClientId, action: &'c Action, size: usize) -> Input<'c> {
        Input {
            contract: self,
            by,
            action,
            size,
        }
    }

    fn is_attended(&self, who: ClientId, action: &Action) -> bool {
        self.deviations.iter().all(|one| match one.hook {
            Hook::Attend(attend) => attend(&self.input(who, action, one.size)),
            _ => true,
        })
    }

    fn ending_before(&self, who: ClientId, action: &Action) -> Option<Ending> {
        self.deviations.iter().find_map(|one| match one.hook {
            Hook::EndBefore(end) => end(&self.input(who, action, one.size)),
            _ => None,
        })
    }

    fn ending_after(&self, who: ClientId, action: &Action) -> Option<Ending> {
        self.deviations.iter().find_map(|one| match one.hook {
            Hook::EndAfter(end) => end(&self.input(who, action, one.size)),
            _ => None,
        })
    }

    fn end(&mut self, who: ClientId, ending: Ending) {
        match ending {
            Ending::Program => self.end_program(),
            Ending::Silent => self.cut(who),
            Ending::Announced => {
                self.leave(who);
                let last = self.clients[who].expected.last_mut();
                if let Some(Expected::End { in_order }) = last {
                    *in_order = false;
                }
            }
        }
    }

    fn end_program(&mut self) {
        self.has_ended = true;
        for who in 0..self.clients.len() {
            if self.clients[who].is_in() {
                self.cut(who);
            }
        }
    }

    fn cut(&mut self, who: ClientId) {
        let client = &mut self.clients[who];
        client.expected.push(Expected::End { in_order: false });
        client.place = Place::Gone;
    }
}

/// What stands for a key until the server has made one; and for half of it.
pub fn key_of(name: &str) -> String {
    format!("{{key-of-{name}}}")
}

pub fn beginning_of_key(name: &str) -> String {
    format!("{{half-the-key-of-{name}}}")
}
