//! The contract as a state machine: the input is a client's action, the output what each client
//! should receive. It is pure: no sockets, no time, no output.
//!
//! A mistake is this machine with one deviation. It consults its deviations wherever servers are
//! known to deviate. Without any, it is the contract.

mod accounts;
pub mod commands;
pub mod lines;

use std::collections::VecDeque;

use crate::model::features::Feature;

/// A client, by its number in the session.
pub type ClientId = usize;

/// Steps that other modules refer to.
pub const CHAT: usize = Feature::Chat.step();
pub const NAMES: usize = Feature::Names.step();
pub const ACCOUNTS: usize = Feature::Accounts.step();
pub const LEDGER: usize = Feature::Ledger.step();
pub const INSTANCES: usize = Feature::Instances.step();

/// The limit on the bytes of a line, without its line ending.
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

/// An action of a client.
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

/// What a client should receive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// Exactly these bytes.
    Bytes(Vec<u8>),
    /// Text in the server's own words.
    Matches(Pattern),
    /// The end of its connection; `in_order` if it must not be reset, so that everything sent
    /// before arrives.
    End { in_order: bool },
}

/// Patterns for text in the server's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// One line that is not empty, with the reason.
    Refusal,
    /// One line for each of these commands, which names it.
    Help(&'static [&'static str]),
    /// The current time, as `2026-11-22 14:05:09 UTC`.
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
    /// The answer with a key, which no other client may learn.
    Registered,
    LoginRefused,
    Bye,
    End,
}

impl Kind {
    /// Whether all clients in the room should receive it.
    pub fn is_public(self) -> bool {
        matches!(self, Kind::Joined | Kind::Said | Kind::Left | Kind::Renamed)
    }
}

/// Whether two clients are connected to the same one of two servers: clients connect to them in
/// turn.
pub fn are_together(one: ClientId, other: ClientId) -> bool {
    one % 2 == other % 2
}

/// Something to be sent: the reason, the client that caused it, and the content.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: Kind,
    pub by: ClientId,
    pub expected: Expected,
}

/// What a mistaken server can end too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The whole program.
    Program,
    /// One client's connection, with or without a notice to the others.
    Announced,
    Silent,
}

/// Where a client is. Input of one that has gone is ignored.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub enum Place {
    #[default]
    Outside,
    InTheRoom,
    Gone,
}

/// Deviations that need only one condition in the middle of a rule.
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
    // With two servers, each on its own.
    CheckNamesHere,
    CheckAccountsHere,
    ListClientsHere,
}

#[derive(Clone, Default, Debug)]
pub struct Client {
    /// Its address: its name for others until it has one.
    pub address: String,
    pub name: Option<String>,
    pub place: Place,
    /// The number of packets it has sent, and of messages it has said.
    pub sent: usize,
    pub said: usize,
    /// Wrong logins in a row.
    wrong_logins: usize,
    /// The bytes of an unfinished line.
    pub unfinished: Vec<u8>,
    /// The rest of a refused line is still to come.
    pub skips: bool,
    /// State that only a mistaken server keeps.
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
    /// Not text: only later steps define how it is handled.
    Garbage,
    Refused(&'static str),
}

/// One deviation, with its size and the kinds of lines that it affects (none: all).
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
    /// Changes the rules at the start; the number is the size.
    Set(fn(&mut Contract, usize)),
    /// Whether the server handles an action now; if not, perhaps later.
    Attend(fn(&Input) -> bool),
    /// What the server ends instead of handling an action, or after it.
    EndBefore(fn(&Input) -> Option<Ending>),
    EndAfter(fn(&Input) -> Option<Ending>),
    /// The bytes of a packet, as the server sees them.
    Read(fn(&mut Packet) -> Vec<u8>),
    /// How bytes become messages.
    Frame(fn(&mut Packet) -> Vec<Message>),
    /// How one line is decoded.
    Decode(fn(&Line) -> Message),
    /// How often a client receives something.
    Deliver(fn(&Delivery) -> usize),
    /// What it receives, if that is different.
    Write(fn(&Delivery) -> Option<Expected>),
    /// Runs a command in another way; false to run it normally.
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

/// Something is sent to a client, which should receive it this many times.
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

/// A client asks for a name; `is_granted` if a correct server grants it.
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
    /// Notices of clients that left an empty room. The next client may or may not receive them.
    pub unheard: Vec<Vec<u8>>,
    /// The registered names, and the clients that registered them.
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

    /// Handles a client's action. A correct server does so at once.
    pub fn act(&mut self, who: ClientId, action: &Action) {
        self.waiting.push_back((who, action.clone()));
        while let Some(next) = self.next_attended() {
            if let Some((who, action)) = self.waiting.remove(next) {
                self.handle(who, &action);
            }
        }
    }

    /// What this client should receive because of everything since the last call.
    pub fn take_expected(&mut self, who: ClientId) -> Vec<Expected> {
        std::mem::take(&mut self.clients[who].expected)
    }

    /// Whether a client can send a message now: it is in the room, with no unfinished line.
    pub fn can_speak(&self, who: ClientId) -> bool {
        let client = &self.clients[who];
        client.is_in() && client.unfinished.is_empty() && !client.skips
    }

    /// The name of a client for others.
    pub fn name(&self, who: ClientId) -> &str {
        let client = &self.clients[who];
        client.name.as_ref().unwrap_or(&client.address)
    }

    /// All clients in the room.
    pub fn people(&self) -> impl Iterator<Item = ClientId> {
        (0..self.clients.len()).filter(|who| self.clients[*who].is_in())
    }

    /// Whether a line is the notice of a client that left an empty room: the next client may or may
    /// not receive it.
    pub fn is_leftover(&self, receiver: ClientId, line: &[u8]) -> bool {
        let is_of = |who: ClientId| line.starts_with(format!("{} ", self.name(who)).as_bytes());
        let others = (0..self.clients.len()).filter(|who| *who != receiver);
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

    // Joining and leaving.

    /// Notifies the others of a newcomer, which then receives everything they do.
    fn join(&mut self, who: ClientId) {
        if self.is_chat() {
            let line = format!("{} joined the chat.", self.name(who));
            self.send_line(Kind::Joined, who, &line);
        }
        self.clients[who].place = Place::InTheRoom;
    }

    /// The last line counts even without its newline.
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

    /// Notifies the remaining clients, however the client left.
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

    // Messages.

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

    // Delivery.

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

    /// An answer goes to the client that asked, everything else to all in the room, once.
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

    // Deviations.

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

/// The placeholders for a key that the server makes, and for half of it.
pub fn key_of(name: &str) -> String {
    format!("{{key-of-{name}}}")
}

pub fn beginning_of_key(name: &str) -> String {
    format!("{{half-the-key-of-{name}}}")
}
