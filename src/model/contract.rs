//! What a right server says: the contract, as a machine. Somebody does something, and out comes what each client is
//! to hear. Nothing here knows of sockets, time or printing.
//!
//! A mistake is this machine with one thing different, so each rule that servers are known to break asks the mistakes
//! it was given. The contract itself is the machine without any.

use std::collections::VecDeque;
use std::io::BufRead;

/// A client, by its number in the session.
pub type ClientId = usize;

/// The steps that add to what is said. What they say stays the same in all later steps.
pub const CHAT: usize = 3;
const LINES: usize = 4;
const NAMES: usize = 5;
pub const ACCOUNTS: usize = 7;
/// Says nothing else; but there are two servers.
pub const INSTANCES: usize = 8;

/// The most bytes in a line, without its end.
pub const LIMIT: usize = 4096;
pub const TOO_LONG: &str = "Line too long: the limit is 4096 bytes.";
pub const NOT_UTF8: &str = "Not valid UTF-8: the line was not sent.";
pub const COMMANDS: [&str; 7] = ["/help", "/time", "/up", "/down", "/nick", "/who", "/exit"];

/// What a client does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Connect,
    /// These bytes, in one packet.
    Send(Vec<u8>),
    /// It will send no more, and still listens.
    HalfClose,
    /// It closes its connection.
    Leave,
    /// It closes a connection from which it has not read all.
    Reset,
}

/// What a client is to hear.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// Exactly these bytes.
    Bytes(Vec<u8>),
    /// Something in the server's own words.
    Matches(Pattern),
    /// The end of its connection. In order, if that matters: what was said before arrives.
    End { in_order: bool },
}

/// Where the words are the server's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// One line that is not empty: why not.
    Refusal,
    /// One line that names each command, for each of them.
    Help,
    /// `2026-11-22 14:05:09 UTC`, or whatever it is now.
    Time,
    /// One line that is not empty, and not a welcome.
    LoginRefusal,
    /// Any lines, or none.
    Anything,
}

/// Why something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Echo,
    Joined,
    Said,
    Left,
    Renamed,
    /// The answer to a command, the refusal of a name, the refusal of a line.
    Answer,
    NameRefused,
    LineRefused,
    /// A key, which nobody else may learn; and that a key, or a name, is wrong.
    Registered,
    LoginRefused,
    Bye,
    End,
}

/// Whether two clients are connected to the same server, where there are two: clients connect to them in turn.
pub fn are_together(one: ClientId, other: ClientId) -> bool {
    one % 2 == other % 2
}

/// Something to be told: why, because of whom, and what its hearers get.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: Kind,
    pub by: ClientId,
    pub expected: Expected,
}

/// How a server can end what it should go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The whole program.
    Program,
    /// One client's connection; the others are told, or are not.
    Announced,
    Silent,
}

/// Where a client is. Of one that has gone nothing more is read.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub enum Place {
    #[default]
    Outside,
    InTheRoom,
    Gone,
}

/// What only mistaken servers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    PassesEmptyLines,
    ForgetsLastLine,
    ListensAfterExit,
    SaysItsEnd,
    KnowsNamesToTheLetter,
    RegistersAnyName,
    RegistersAgain,
    TakesAnyKey,
    TakesTheBeginningOfAKey,
    KeepsTheOldConnection,
    TellsThatTheOldOneLeft,
    KeepsTheOldOpen,
    RegistersWithoutTheName,
    LetsGuessForEver,
    CountsAllGuessesTogether,
    NeverForgetsGuesses,
    // Of two servers, each for itself.
    KnowsNamesHere,
    KnowsAccountsHere,
    ListsPeopleHere,
}

#[derive(Clone, Default, Debug)]
pub struct Client {
    /// What others call it before it has a name.
    pub address: String,
    pub name: Option<String>,
    pub place: Place,
    /// How often it has sent something, and how many messages it has said.
    pub sent: usize,
    pub said: usize,
    /// How often in a row its login was wrong.
    wrong: usize,
    /// The bytes of a line that is not whole yet.
    pub unfinished: Vec<u8>,
    /// The rest of a line that was refused is still to come.
    pub skips: bool,
    /// Something that only a mistaken server keeps.
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
    /// Not text: what becomes of it, only later steps say.
    Garbage,
    Refused(&'static str),
}

/// One thing that is different.
#[derive(Clone, Copy)]
pub struct Difference {
    pub differs: Hook,
    pub size: usize,
}

/// The places where a server can differ from the contract. The last argument is always the size.
#[derive(Clone, Copy)]
pub enum Hook {
    /// The rules from the start.
    Sets(fn(&mut Contract, usize)),
    /// Whether the server attends to what a client does: if not now, it may later.
    Attends(fn(&Contract, ClientId, &Action, usize) -> bool),
    /// What the server ends because of something, instead of it or after it.
    Ends(fn(&Contract, ClientId, &Action, usize) -> Option<Ending>),
    EndsAfter(fn(&Contract, ClientId, &Action, usize) -> Option<Ending>),
    /// What it makes of the bytes of a packet.
    Reads(fn(&mut Client, Vec<u8>, usize) -> Vec<u8>),
    /// How bytes become messages, and what becomes of one line.
    Frames(fn(&mut Contract, ClientId, &[u8], usize) -> Vec<Message>),
    Decodes(fn(&Contract, &[u8], usize) -> Message),
    /// How often a client is told.
    Hears(fn(&Contract, &Event, ClientId, usize, usize) -> usize),
    /// What is written.
    Writes(fn(&Contract, &Event, ClientId, Expected, usize) -> Option<Expected>),
    /// What a command does; false if it does what it should.
    Commands(fn(&mut Contract, ClientId, &str, usize) -> bool),
    /// Whether somebody may have a name.
    Grants(fn(&Contract, ClientId, &str, bool, usize) -> bool),
}

#[derive(Clone)]
pub struct Contract {
    pub step: usize,
    pub clients: Vec<Client>,
    /// The server's own address.
    pub server: String,
    /// The most bytes in a line.
    pub limit: usize,
    /// What is being attended to.
    pub doing: Action,
    /// How often anything was told so far.
    pub told: usize,
    pub has_ended: bool,
    /// Departures that nobody was there to hear of. A client that comes next may hear of them.
    pub unheard: Vec<Vec<u8>>,
    /// The names that are registered, and by whom.
    accounts: Vec<String>,
    makers: Vec<ClientId>,
    waiting: VecDeque<(ClientId, Action)>,
    mistakes: Vec<Difference>,
    pub habits: Vec<Quirk>,
}

impl Contract {
    /// The contract of a step, for so many clients.
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
            told: 0,
            has_ended: false,
            unheard: Vec::new(),
            accounts: Vec::new(),
            makers: Vec::new(),
            waiting: VecDeque::new(),
            mistakes: Vec::new(),
            habits: Vec::new(),
        }
    }

    /// The same with these differences.
    pub fn with(mut self, differences: Vec<Difference>) -> Contract {
        for Difference { differs, size } in &differences {
            if let Hook::Sets(sets) = differs {
                sets(&mut self, *size);
            }
        }
        self.mistakes = differences;
        self
    }

    /// Somebody does something. A right server attends to it at once.
    pub fn act(&mut self, who: ClientId, action: &Action) {
        self.waiting.push_back((who, action.clone()));
        while let Some(next) = self.next_attended() {
            if let Some((who, action)) = self.waiting.remove(next) {
                self.attend(who, &action);
            }
        }
    }

    /// What this client is to hear because of all that happened since it was asked for last.
    pub fn take_expected(&mut self, who: ClientId) -> Vec<Expected> {
        std::mem::take(&mut self.clients[who].expected)
    }

    pub fn is_chat(&self) -> bool {
        self.step >= CHAT
    }

    /// Who can say a word now: it is there, and has no line begun.
    pub fn can_speak(&self, who: ClientId) -> bool {
        let client = &self.clients[who];
        client.is_in() && client.unfinished.is_empty() && !client.skips
    }

    /// What others call a client.
    pub fn name(&self, who: ClientId) -> &str {
        let client = &self.clients[who];
        client.name.as_ref().unwrap_or(&client.address)
    }

    /// Whether this is of somebody who has left an empty room: a client that comes next may or may not hear it.
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
                is_first_of_its_client(at, *who) && self.attends(*who, action)
            })
    }

    fn attends(&self, who: ClientId, action: &Action) -> bool {
        self.mistakes.iter().all(|mistake| match mistake.differs {
            Hook::Attends(attends) => attends(self, who, action, mistake.size),
            _ => true,
        })
    }

    fn attend(&mut self, who: ClientId, action: &Action) {
        if self.has_ended || self.clients[who].has_gone() {
            return;
        }
        self.doing = action.clone();
        if let Some(ending) = self.ending(who, action, true) {
            return self.ends(who, ending);
        }
        match action {
            Action::Connect => self.connects(who),
            Action::Send(bytes) => self.receives(who, bytes),
            Action::HalfClose | Action::Leave => self.ends_input(who),
            Action::Reset => self.departs(who),
        }
        if let Some(ending) = self.ending(who, action, false) {
            self.ends(who, ending);
        }
    }

    // Coming and going.

    /// The others hear of a newcomer; from then on it hears all that they hear.
    fn connects(&mut self, who: ClientId) {
        if self.is_chat() {
            let line = format!("{} joined the chat.", self.name(who));
            self.tell_line(Kind::Joined, who, &line);
        }
        self.clients[who].place = Place::InTheRoom;
    }

    /// A last line counts without its newline.
    fn ends_input(&mut self, who: ClientId) {
        let rest = std::mem::take(&mut self.clients[who].unfinished);
        let skips = self.clients[who].skips || self.habits.contains(&Quirk::ForgetsLastLine);
        if !self.is_chat() {
            self.echoes(who, rest);
        } else if !rest.is_empty() && !skips {
            let message = self.message(&rest);
            self.hears(who, message);
        }
        self.departs(who);
    }

    /// All who are left hear of it, however the client left.
    fn departs(&mut self, who: ClientId) {
        if self.clients[who].has_gone() {
            return;
        }
        if self.habits.contains(&Quirk::SaysItsEnd) && self.doing != Action::Reset {
            self.says(who, "");
        }
        let line = format!("{} left the chat.", self.name(who));
        self.clients[who].place = Place::Gone;
        if self.is_chat() {
            if !self.clients.iter().any(Client::is_in) {
                self.unheard.push(format!("{line}\n").into_bytes());
            }
            self.tell_line(Kind::Left, who, &line);
        }
        self.tell_end(who);
    }

    fn tell_end(&mut self, who: ClientId) {
        self.tell(&Event {
            kind: Kind::End,
            by: who,
            expected: Expected::End { in_order: true },
        });
    }

    // Bytes become messages.

    fn receives(&mut self, who: ClientId, bytes: &[u8]) {
        let bytes = self.read(who, bytes);
        self.clients[who].sent += 1;
        if !self.is_chat() {
            return self.echoes(who, bytes);
        }
        for message in self.messages(who, &bytes) {
            if !self.clients[who].has_gone() || self.habits.contains(&Quirk::ListensAfterExit) {
                self.hears(who, message);
            }
        }
    }

    fn echoes(&mut self, who: ClientId, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let expected = Expected::Bytes(bytes);
            self.tell(&Event {
                kind: Kind::Echo,
                by: who,
                expected,
            });
        }
    }

    /// How the bytes of a packet become messages: in step 3 a read is a message, later a line is one.
    fn messages(&mut self, who: ClientId, bytes: &[u8]) -> Vec<Message> {
        for at in 0..self.mistakes.len() {
            let Difference { differs, size } = self.mistakes[at];
            if let Hook::Frames(frames) = differs {
                return frames(self, who, bytes, size);
            }
        }
        if self.step < LINES {
            return vec![match std::str::from_utf8(bytes) {
                Ok(text) => Message::Text(text.trim().to_string()),
                Err(_) => Message::Garbage,
            }];
        }
        self.lines(who, bytes)
    }

    /// The lines that are whole by now. What is too long is refused as soon as that is sure.
    pub fn lines(&mut self, who: ClientId, bytes: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let client = &mut self.clients[who];
            let _ = rest.read_until(b'\n', &mut client.unfinished); // From memory: it cannot fail.
            let is_whole = client.unfinished.ends_with(b"\n");
            let is_too_long = client.unfinished.len() > self.limit.saturating_add("\r\n".len());
            if !is_whole && !is_too_long && !client.skips {
                continue;
            }
            let line = std::mem::take(&mut client.unfinished);
            let was_refused = std::mem::replace(&mut client.skips, !is_whole);
            if !was_refused {
                messages.push(self.message(&line));
            }
        }
        messages
    }

    /// A line as others may see it, or why not.
    pub fn message(&self, line: &[u8]) -> Message {
        for mistake in &self.mistakes {
            if let Hook::Decodes(decodes) = mistake.differs {
                return decodes(self, line, mistake.size);
            }
        }
        decoded(line, self.limit)
    }

    fn hears(&mut self, who: ClientId, message: Message) {
        match message {
            Message::Refused(why) => self.tell_line(Kind::LineRefused, who, why),
            Message::Garbage => self.tell(&Event {
                kind: Kind::Said,
                by: who,
                expected: Expected::Matches(Pattern::Anything),
            }),
            Message::Text(text)
                if text.is_empty()
                    && self.step >= LINES
                    && !self.habits.contains(&Quirk::PassesEmptyLines) => {}
            Message::Text(text) if text.starts_with('/') && self.step >= NAMES => {
                self.command(who, &text);
            }
            Message::Text(text) => self.says(who, &text),
        }
    }

    pub fn says(&mut self, who: ClientId, text: &str) {
        self.clients[who].said += 1;
        let line = format!("{} says: {text}", self.name(who));
        self.tell_line(Kind::Said, who, &line);
    }

    // Commands.

    fn command(&mut self, who: ClientId, line: &str) {
        for at in 0..self.mistakes.len() {
            let Difference { differs, size } = self.mistakes[at];
            if let Hook::Commands(commands) = differs {
                if commands(self, who, line, size) {
                    return;
                }
            }
        }
        self.obeys(who, line);
    }

    /// A command is its whole first word; its text comes without the white space around it.
    pub fn obeys(&mut self, who: ClientId, line: &str) {
        let (word, text) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let text = text.trim();
        match word {
            "/help" => self.answers(who, Pattern::Help),
            "/time" => self.answers(who, Pattern::Time),
            "/up" | "/down" if text.is_empty() => self.answers(who, Pattern::Refusal),
            "/up" => self.tell_line(Kind::Answer, who, &text.to_uppercase()),
            "/down" => self.tell_line(Kind::Answer, who, &text.to_lowercase()),
            "/nick" => self.renames(who, text),
            "/who" => self.lists(who),
            "/exit" => self.exits(who),
            "/register" if self.step >= ACCOUNTS => self.registers(who, text),
            "/login" if self.step >= ACCOUNTS => self.logs_in(who, text),
            _ => {
                let answer = format!("Unknown command: {word}. Try /help.");
                self.tell_line(Kind::Answer, who, &answer);
            }
        }
    }

    fn renames(&mut self, who: ClientId, name: &str) {
        if self.grants(who, name) {
            self.is_now(who, name);
        } else {
            self.refuses_name(who);
        }
    }

    fn refuses_name(&mut self, who: ClientId) {
        let expected = Expected::Matches(Pattern::Refusal);
        self.tell(&Event {
            kind: Kind::NameRefused,
            by: who,
            expected,
        });
    }

    fn is_now(&mut self, who: ClientId, name: &str) {
        let line = format!("{} is now {name}", self.name(who));
        self.clients[who].name = Some(name.to_string());
        self.tell_line(Kind::Renamed, who, &line);
    }

    // Accounts.

    /// The name is the client's own from now on. It alone is told the key.
    fn registers(&mut self, who: ClientId, name: &str) {
        let is_new =
            self.account(who, name).is_none() || self.habits.contains(&Quirk::RegistersAgain);
        let may = is_new
            && (self.is_mine_or_free(who, name) || self.habits.contains(&Quirk::RegistersAnyName));
        if !is_well_formed(name) || !may {
            return self.refuses_name(who);
        }
        self.accounts.push(name.to_string());
        self.makers.push(who);
        let key = key_of(name);
        let line = format!("Registered {name}. Your key: {key} (keep it; /login {name} {key})");
        self.tell_line(Kind::Registered, who, &line);
        if self.name(who) != name && !self.habits.contains(&Quirk::RegistersWithoutTheName) {
            self.is_now(who, name);
        }
    }

    /// The name was registered before.
    pub fn has_account(&mut self, name: &str) {
        self.accounts.push(name.to_string());
        self.makers.push(0);
    }

    pub fn accounts(&self) -> &[String] {
        &self.accounts
    }

    /// The account of this name, in whatever letter case, as the server knows it that this client is connected to.
    fn account(&self, who: ClientId, name: &str) -> Option<String> {
        let is_exact = self.habits.contains(&Quirk::KnowsNamesToTheLetter);
        let is_it =
            |account: &&String| *account == name || !is_exact && account.eq_ignore_ascii_case(name);
        let known = self.accounts.iter().zip(&self.makers);
        let mut known = known.filter(|(_, maker)| {
            !self.habits.contains(&Quirk::KnowsAccountsHere) || are_together(**maker, who)
        });
        known
            .find(|(account, _)| is_it(account))
            .map(|(account, _)| account.clone())
    }

    /// With the right key, the client has its name back. One person, one place: an older connection is ended.
    fn logs_in(&mut self, who: ClientId, text: &str) {
        let mut words = text.split_whitespace();
        let (Some(name), Some(key), None) = (words.next(), words.next(), words.next()) else {
            return self.answers(who, Pattern::Refusal);
        };
        let account = self
            .account(who, name)
            .filter(|name| self.is_key(name, key));
        let Some(name) = account else {
            return self.refuses_login(who);
        };
        if !self.habits.contains(&Quirk::NeverForgetsGuesses) {
            self.clients[who].wrong = 0;
        }
        if self.habits.contains(&Quirk::CountsAllGuessesTogether) {
            self.clients.iter_mut().for_each(|client| client.wrong = 0);
        }
        let has_name = |other: &ClientId| self.clients[*other].name.as_ref() == Some(&name);
        let old = self.people().find(has_name).filter(|old| *old != who);
        if let Some(old) = old {
            self.ends_the_old(old);
        }
        if self.name(who) != name {
            self.is_now(who, &name);
        }
        self.tell_line(Kind::Answer, who, &format!("Welcome back, {name}."));
    }

    fn is_key(&self, name: &str, key: &str) -> bool {
        key == key_of(name)
            || self.habits.contains(&Quirk::TakesAnyKey)
            || key == beginning_of_key(name)
                && self.habits.contains(&Quirk::TakesTheBeginningOfAKey)
    }

    fn ends_the_old(&mut self, old: ClientId) {
        self.tell_line(Kind::Answer, old, "You logged in elsewhere.");
        if self.habits.contains(&Quirk::KeepsTheOldConnection) {
            return;
        }
        if self.habits.contains(&Quirk::TellsThatTheOldOneLeft) {
            return self.departs(old);
        }
        self.clients[old].place = Place::Gone;
        if !self.habits.contains(&Quirk::KeepsTheOldOpen) {
            self.tell_end(old);
        }
    }

    /// The same words for a wrong name and a wrong key. The third in a row ends the connection.
    fn refuses_login(&mut self, who: ClientId) {
        self.tell_line(Kind::LoginRefused, who, "Wrong name or key.");
        self.clients[who].wrong += 1;
        let mut wrong = self.clients[who].wrong;
        if self.habits.contains(&Quirk::CountsAllGuessesTogether) {
            wrong = self.clients.iter().map(|client| client.wrong).sum();
        }
        if wrong >= 3 && !self.habits.contains(&Quirk::LetsGuessForEver) {
            self.departs(who);
        }
    }

    /// Whether somebody may have this name: it is well formed and free, and not its own already.
    fn grants(&self, who: ClientId, name: &str) -> bool {
        let right = is_well_formed(name) && self.is_free(who, name);
        self.mistakes
            .iter()
            .fold(right, |right, mistake| match mistake.differs {
                Hook::Grants(grants) => grants(self, who, name, right, mistake.size),
                _ => right,
            })
    }

    /// Whether nobody else has this name in any letter case, nor the client itself to the letter, nor an account.
    pub fn is_free(&self, who: ClientId, name: &str) -> bool {
        let is_its = self.clients[who].name.as_deref() == Some(name);
        !is_its && self.is_mine_or_free(who, name) && self.account(who, name).is_none()
    }

    /// The same as if there were no accounts.
    pub fn would_be_free(&self, who: ClientId, name: &str) -> bool {
        let is_its = self.clients[who].name.as_deref() == Some(name);
        is_well_formed(name) && !is_its && self.is_mine_or_free(who, name)
    }

    fn is_mine_or_free(&self, who: ClientId, name: &str) -> bool {
        let is_elsewhere = |other: ClientId| {
            self.habits.contains(&Quirk::KnowsNamesHere) && !are_together(other, who)
        };
        self.people().all(|other| match &self.clients[other].name {
            Some(_) if other == who || is_elsewhere(other) => true,
            Some(its) => !its.eq_ignore_ascii_case(name),
            None => true,
        })
    }

    /// All names in one line, sorted with letter case aside.
    fn lists(&mut self, who: ClientId) {
        let lists_here = self.habits.contains(&Quirk::ListsPeopleHere);
        let mut names: Vec<String> = self
            .people()
            .filter(|other| !lists_here || are_together(*other, who))
            .map(|other| self.name(other).to_string())
            .collect();
        names.sort_by_key(|name| name.to_ascii_lowercase());
        self.tell_line(Kind::Answer, who, &names.join(", "));
    }

    /// What was said before arrives, what was said after is ignored.
    fn exits(&mut self, who: ClientId) {
        self.tell_line(Kind::Bye, who, "Bye.");
        self.departs(who);
    }

    // Who is told what.

    fn answers(&mut self, who: ClientId, words: Pattern) {
        let expected = Expected::Matches(words);
        self.tell(&Event {
            kind: Kind::Answer,
            by: who,
            expected,
        });
    }

    pub fn tell_line(&mut self, kind: Kind, by: ClientId, text: &str) {
        let expected = Expected::Bytes(format!("{text}\n").into_bytes());
        self.tell(&Event { kind, by, expected });
    }

    pub fn tell(&mut self, event: &Event) {
        self.told += 1;
        for client in 0..self.clients.len() {
            let times = self.times_heard(event, client);
            for _ in 0..times {
                let expected = self.worded(event, client);
                self.clients[client].expected.extend(expected);
            }
        }
    }

    /// An answer goes to who asked, everything else to everybody in the room: once.
    fn times_heard(&self, event: &Event, client: ClientId) -> usize {
        let is_own = client == event.by;
        let right = match event.kind {
            Kind::Joined | Kind::Said | Kind::Left | Kind::Renamed => self.clients[client].is_in(),
            _ => is_own,
        };
        self.mistakes
            .iter()
            .fold(usize::from(right), |times, mistake| match mistake.differs {
                Hook::Hears(hears) => hears(self, event, client, times, mistake.size),
                _ => times,
            })
    }

    fn worded(&self, event: &Event, client: ClientId) -> Option<Expected> {
        let mut expected = event.expected.clone();
        for mistake in &self.mistakes {
            if let Hook::Writes(writes) = mistake.differs {
                expected = writes(self, event, client, expected, mistake.size)?;
            }
        }
        Some(expected)
    }

    /// Everybody in the room.
    pub fn people(&self) -> impl Iterator<Item = ClientId> {
        (0..self.clients.len()).filter(|who| self.clients[*who].is_in())
    }

    // What only mistaken servers do.

    fn read(&mut self, who: ClientId, bytes: &[u8]) -> Vec<u8> {
        let client = &mut self.clients[who];
        self.mistakes
            .iter()
            .fold(bytes.to_vec(), |bytes, mistake| match mistake.differs {
                Hook::Reads(reads) => reads(client, bytes, mistake.size),
                _ => bytes,
            })
    }

    fn ending(&self, who: ClientId, action: &Action, before: bool) -> Option<Ending> {
        self.mistakes
            .iter()
            .find_map(|mistake| match mistake.differs {
                Hook::Ends(ends) if before => ends(self, who, action, mistake.size),
                Hook::EndsAfter(ends) if !before => ends(self, who, action, mistake.size),
                _ => None,
            })
    }

    pub fn ends(&mut self, who: ClientId, ending: Ending) {
        let end = Expected::End { in_order: false };
        match ending {
            Ending::Program => {
                self.has_ended = true;
                for client in self.clients.iter_mut().filter(|client| client.is_in()) {
                    client.expected.push(end.clone());
                    client.place = Place::Gone;
                }
            }
            Ending::Silent => {
                self.clients[who].expected.push(end);
                self.clients[who].place = Place::Gone;
            }
            Ending::Announced => {
                self.departs(who);
                let last = self.clients[who].expected.last_mut();
                if let Some(last) = last.filter(|last| matches!(last, Expected::End { .. })) {
                    *last = end;
                }
            }
        }
    }
}

/// A line as others may see it: it ends with `\n` or `\r\n`, is UTF-8 and not too long, and nothing in it steers a
/// terminal.
pub fn decoded(line: &[u8], limit: usize) -> Message {
    let line = without_end(line);
    if line.len() > limit {
        return Message::Refused(TOO_LONG);
    }
    match std::str::from_utf8(line) {
        Ok(text) if is_plain(line) => Message::Text(text.to_string()), // Most are: no closer look.
        Ok(text) => Message::Text(text.replace(is_unsafe_to_print, "\u{fffd}")),
        Err(_) => Message::Refused(NOT_UTF8),
    }
}

/// Whether nothing in it needs an escape. Of a long line, std finds that out sooner than a loop of ours.
fn is_plain(line: &[u8]) -> bool {
    line.escape_ascii().to_string().len() == line.len()
}

/// What stands for a key until the server has made one; and for half of it.
pub fn key_of(name: &str) -> String {
    format!("{{key-of-{name}}}")
}

pub fn beginning_of_key(name: &str) -> String {
    format!("{{half-the-key-of-{name}}}")
}

pub fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

pub fn is_unsafe_to_print(c: char) -> bool {
    c.is_control() && c != '\t'
}

pub fn is_well_formed(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (3..=15).contains(&name.len())
        && name.bytes().all(is_allowed)
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
}
