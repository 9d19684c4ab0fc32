//! Random sessions, of all that a step promises something about. The same seed gives the same ones.

use crate::model::contract::{Action, ClientId, Contract, LIMIT, key_of};
use crate::model::features::Feature::{self, Accounts, Chat, Commands, Lines, Names, Threads};
use crate::model::session::{
    Session, Turn, a_room_of, at_once, breaks_off, clients, connects, half_closes, leaves,
    placeholders, resets, says, sends, turn,
};

/// Numbers that look random: xorshift64*, by Sebastiano Vigna.
pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        // Neighbouring seeds must differ at once, and none may be 0.
        let state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Random { state }
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

const WORDS: &[&str] = &[
    "hi",
    "how are you?",
    "yes",
    "no",
    "a b  c",
    "tab\there",
    "{}",
    "100 %",
    "\\n",
    "\"quoted\"",
    "0",
    "-",
    "é",
    "naïve café",
    "日本語",
    "👍🏽 ok",
    "ñandú",
    "left the chat",
    "x says: y",
    "half/half",
    "end.",
    "OK",
];
const NAMES: &[&str] = &[
    "Ann",
    "ann",
    "aNN",
    "Bob-2",
    "bob-2",
    "Carol.X",
    "Zoe",
    "zoe",
    "abcdefghijklmno",
    "Q-.",
    "d3v",
];
const BAD_NAMES: &[&str] = &[
    "",
    "al",
    "a",
    "abcdefghijklmnop",
    "al_ice",
    "1abc",
    "9.9",
    "-abc",
    ".abc",
    "10.0.0.1",
    "al ice",
    "zoë",
    "söze",
    "ann!",
    "a/b",
    "abcdefghijklmnopqrstuvwxyz",
];
/// So many of the command lines, the first ones, are about names.
const ABOUT_NAMES: usize = 3;
const COMMAND_LINES: &[&str] = &[
    "/who",
    "/who",
    "/nick",
    "/help",
    "/time",
    "/up Hello, World",
    "/down Hello, World",
    "/up café olé",
    "/down ÀÉ îx",
    "/up   two  words  ",
    "/up\ttabbed",
    "/up",
    "/down",
    "/quitter",
    "/exits",
    "/helpme",
    "/upper x",
    "/nickname x",
    "/whoami",
    "/timer",
    "/HELP",
    "/Who",
    "/x y z",
    "/",
    "//",
];
/// Ways to leave with a command.
const EXITS: &[&str] = &[
    "/exit\n",
    "last words\n/exit\n",
    "/exit\nunheard\n",
    "/exit now\n",
];
/// Words that a line can begin with, whatever follows.
const SHORT_LINES: &[&str] = &[
    "hi",
    "how are you?",
    "a b  c",
    "é",
    "naïve café",
    "日本語",
    "👍🏽 ok",
    "left the chat",
];
/// What a server may not take for a line, or pass on as it is.
const ODD_LINES: &[&[u8]] = &[
    b"caf\xe9 \xff\xfe\n",
    b"\xc3\n",
    "\u{1b}[2Jgone?\u{7}\tno \u{9b}1m \u{85}x\u{7f}y\rz\n".as_bytes(),
    b"one\ntwo\r\nthree\n",
    b"\n\r\n\nafter nothing\n",
    b"caf\xc3",
    "page\u{c}break\u{b}x\u{1c}y\n".as_bytes(),
    b"caf\xe9\nin the same packet\n",
];
/// How a line that was begun can go on. Of two `\r`, some servers take both for its end, as they
/// take blanks: after one, the last of these is left out.
const CONTINUATIONS: &[&str] = &["lo\n", "\n", " and so on", "lo\nnext\n", "lo\nnext", "\r\n"];
/// Powers of two, what people choose instead, and their neighbours.
const LENGTHS: &[usize] = &[
    7, 17, 31, 32, 33, 64, 65, 100, 101, 128, 129, 200, 255, 256, 257, 300, 500, 512, 513, 1000,
    1024, 1025, 2000, 2048, 2049, 3000, 4000, 4094, 4095, 4096, 8192,
];

/// What a session is made for.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The step whose check it is for: how many clients there are, and what they do.
    pub step: usize,
    /// The step whose contract the server is held to: what it sends.
    pub contract: usize,
}

impl Kind {
    fn has(self, feature: Feature) -> bool {
        feature.is_in(self.step)
    }
}

/// Session `number` of a run.
pub fn session(kind: Kind, seed: u64, number: u64) -> Session {
    let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let most = match random.below(8) {
        0 => 12,
        1 | 2 => 6 + random.below(4),
        _ => 2 + random.below(3),
    };
    let turns = 5 + random.below(9) + most;
    let mut generator = SessionGenerator {
        kind,
        contract: Contract::new(kind.contract, placeholders(&[connects(most - 1)])),
        random,
        most,
        connected: 0,
        logins: Vec::new(),
    };
    (0..turns).map(|_| generator.turn()).collect()
}

struct SessionGenerator {
    kind: Kind,
    /// Follows the session, so that only what is determined is done.
    contract: Contract,
    random: Random,
    /// How many clients connect at most, and how many have.
    most: usize,
    connected: usize,
    /// The names that a client has logged in with.
    logins: Vec<String>,
}

impl SessionGenerator {
    fn turn(&mut self) -> Turn {
        let people: Vec<ClientId> = self.contract.people().collect();
        let may_connect =
            self.connected < self.most && (self.kind.has(Threads) || people.is_empty());
        let turn = if may_connect && self.is_time_to_connect(people.len()) {
            self.connected += 1;
            connects(self.connected - 1)
        } else if people.is_empty() {
            turn([])
        } else {
            self.act(&people)
        };
        play(&mut self.contract, &turn);
        turn
    }

    fn is_time_to_connect(&mut self, people: usize) -> bool {
        people < 2 && self.random.below(3) > 0 || people == 0 || self.random.one_in(4)
    }

    fn act(&mut self, people: &[ClientId]) -> Turn {
        let who = self.random.pick(people);
        let can_speak = self.contract.can_speak(who);
        // Another must be left to see it.
        let may_leave = people.len() > 2
            || !self.contract.is_chat()
            || !self.kind.has(Chat) && self.connected < self.most;
        if may_leave && self.random.one_in(5) {
            return self.leave(who, people);
        }
        if !can_speak {
            return self.continue_line(who);
        }
        if self.random.one_in(8) {
            return self.say_at_once(people);
        }
        let bytes = self.bytes();
        sends(who, bytes)
    }

    fn say_at_once(&self, people: &[ClientId]) -> Turn {
        let can_speak = |who: &&ClientId| self.contract.can_speak(**who);
        let speakers = people.iter().filter(can_speak).take(3);
        at_once(speakers.map(|who| says(*who, &format!("{who} at once"))))
    }

    fn leave(&mut self, who: ClientId, people: &[ClientId]) -> Turn {
        let can_speak = self.contract.can_speak(who);
        if self.contract.has(Commands) && can_speak && self.random.one_in(9) {
            // Too much to be read ahead: closing with that unread would reset the connection.
            return sends(who, format!("/exit\n{}\n", "x".repeat(200_000)));
        }
        if self.contract.has(Commands) && can_speak && self.random.one_in(3) {
            return sends(who, self.random.pick(EXITS));
        }
        let number = self.random.below(6);
        if can_speak {
            self.leave_between_lines(number, who, people)
        } else if self.kind.has(Threads) && [1, 2].contains(&number) {
            half_closes(who)
        } else {
            sends(who, "rest\n")
        }
    }

    fn leave_between_lines(&mut self, number: usize, who: ClientId, people: &[ClientId]) -> Turn {
        let can_speak = |other: &&ClientId| **other != who && self.contract.can_speak(**other);
        let other = people.iter().find(can_speak).copied();
        match (number, other) {
            (0, _) if !self.contract.is_chat() && self.random.one_in(2) => breaks_off(who),
            (0, _) => resets(who),
            _ if !self.kind.has(Threads) => leaves(who),
            (1, _) => {
                let word = self.random.pick(&["my last word\n", "k"]); // The least there is.
                at_once([sends(who, word), half_closes(who)])
            }
            (2, _) => half_closes(who),
            (3, Some(other)) if people.len() > 3 => at_once([leaves(who), leaves(other)]),
            _ => leaves(who),
        }
    }

    /// A client continues its line, or ends it.
    fn continue_line(&mut self, who: ClientId) -> Turn {
        let unfinished = &self.contract.clients[who].unfinished;
        // The rest of a character comes first.
        let rest = match std::str::from_utf8(unfinished) {
            Err(error) if error.error_len().is_none() => "\u{e9}".as_bytes()[1..].to_vec(),
            _ => Vec::new(),
        };
        let all = CONTINUATIONS.len();
        let number = all - usize::from(unfinished.ends_with(b"\r"));
        let more = self.random.pick(&CONTINUATIONS[..number]);
        sends(who, [&rest, more.as_bytes()].concat())
    }

    fn bytes(&mut self) -> Vec<u8> {
        if !self.contract.has(Chat) {
            self.echo()
        } else if !self.contract.has(Lines) {
            self.message()
        } else if self.contract.has(Commands) && self.random.one_in(2) {
            self.command()
        } else {
            self.lines()
        }
    }

    fn echo(&mut self) -> Vec<u8> {
        match self.random.below(8) {
            0 => self.of_length(8192),
            1 => (0..=255).collect(),
            2 => b"caf\xe9 \xff\xfe\x00 \xf0\x9f\n".to_vec(),
            3 => b"one\ntwo\r\n\n three \n".to_vec(),
            4 => self.random.pick(WORDS).as_bytes().to_vec(),
            6 => b"\n".to_vec(),
            7 if self.random.one_in(4) => vec![b'x'; 200_000],
            _ => line(self.random.pick(WORDS)),
        }
    }

    /// What means the same whether a message is a read or a line.
    fn message(&mut self) -> Vec<u8> {
        if self.random.one_in(4) {
            return line(self.of_length(300));
        }
        line(self.random.pick(WORDS))
    }

    fn of_length(&mut self, most: usize) -> Vec<u8> {
        let number = LENGTHS.iter().filter(|length| **length <= most).count();
        let length = self.random.pick(&LENGTHS[..number]);
        // Each place differs from its neighbours: what is missing, or comes twice, shows.
        (0..length)
            .map(|at| b"abcdefghijklmnopqrstuvwxyz0123456789"[(at + at / 36) % 36])
            .collect()
    }

    fn lines(&mut self) -> Vec<u8> {
        let word = self.random.pick(SHORT_LINES);
        match self.random.below(18) {
            number @ ..6 => self.long_line(number),
            number @ 6..=11 => ODD_LINES[number - 6].to_vec(),
            12 => format!("{word}\r").into_bytes(),
            13 => format!("{word}\nhel").into_bytes(),
            14 => ODD_LINES[6].to_vec(),
            16 => ODD_LINES[7].to_vec(),
            _ => line(word),
        }
    }

    fn long_line(&mut self, number: usize) -> Vec<u8> {
        match number {
            0 => line(self.of_length(LIMIT)),
            1 => [&self.of_length(LIMIT)[..], b"\r\n"].concat(),
            2 => line(vec![b'x'; LIMIT + 1 + self.random.below(3)]),
            3 => line(vec![b'x'; 5000 + self.random.below(6000)]),
            4 => line("é".repeat(LIMIT / 2 + self.random.below(2))),
            _ => vec![b'x'; 10_000],
        }
    }

    fn command(&mut self) -> Vec<u8> {
        if self.contract.has(Accounts) && self.random.one_in(3) {
            return self.account();
        }
        let (has_names, choice) = (self.contract.has(Names), self.random.below(5));
        let command = match choice {
            0 | 1 if has_names => format!("/nick {}", self.random.pick(NAMES)),
            2 if has_names => format!("/nick {}", self.random.pick(BAD_NAMES)),
            _ if has_names => self.random.pick(COMMAND_LINES).to_string(),
            _ => self.random.pick(&COMMAND_LINES[ABOUT_NAMES..]).to_string(),
        };
        match self.random.below(8) {
            0 => format!("before\n{command}\nafter\n").into_bytes(),
            1 => format!("{command}\r\n").into_bytes(),
            _ => line(command),
        }
    }

    /// A client registers a name, or logs in. A second login for a name would have to wait: there
    /// is none.
    fn account(&mut self) -> Vec<u8> {
        let accounts = self.contract.accounts();
        let is_new = |name: &&String| !self.logins.contains(name);
        let name = accounts.iter().find(is_new).cloned();
        let Some(name) = name.filter(|_| self.random.one_in(2)) else {
            return line(format!("/register {}", self.random.pick(NAMES)));
        };
        let login = format!("/login {name} {}", key_of(&name));
        self.logins.push(name);
        line(login)
    }
}

fn line(text: impl AsRef<[u8]>) -> Vec<u8> {
    [text.as_ref(), b"\n"].concat()
}

fn play(contract: &mut Contract, turn: &Turn) {
    let acts = turn.acts.iter();
    acts.for_each(|act| contract.act(act.who, &act.action));
}

/// A session of what is done in these scenes, by other clients and in another order: nothing that
/// the server need not know yet.
pub fn from_scenes(scenes: &[Session], contract: usize, seed: u64) -> Session {
    let mut random = Random::new(seed);
    let all = scenes.iter().flat_map(|scene| phrases(scene, contract));
    let phrases: Vec<Session> = all.collect();
    let clients = 2 + random.below(3);
    let mut session: Session = a_room_of(1);
    let mut room = Contract::new(contract, placeholders(&[connects(clients - 1)]));
    for turn in &session {
        play(&mut room, turn);
    }
    for next in (1..clients).map(Some).chain([None; 6]) {
        let people: Vec<ClientId> = room.people().collect();
        let who = random.pick(&people);
        let phrase = match next {
            Some(newcomer) => vec![connects(newcomer)],
            None if phrases.is_empty() => Vec::new(),
            None => by(random.pick(&phrases), who),
        };
        let mut after = room.clone();
        for turn in &phrase {
            play(&mut after, turn);
        }
        // Another must be left to see that a client has left.
        if after.people().next().is_some() {
            room = after;
            session.extend(phrase);
        }
    }
    session
}

/// What each client does in a scene until it can speak again, or has gone.
fn phrases(scene: &Session, contract: usize) -> Vec<Session> {
    let mut room = Contract::new(contract, placeholders(scene));
    let mut found = Vec::new();
    let mut phrase = Session::new();
    for turn in scene {
        play(&mut room, turn);
        let who = turn.acts[0].who;
        let mut acts = turn.acts.iter();
        if acts.any(|act| act.who != who || act.action == Action::Connect) {
            continue;
        }
        phrase.push(turn.clone());
        if room.can_speak(who) || room.clients[who].has_gone() {
            found.push(std::mem::take(&mut phrase));
        }
    }
    found
}

/// The same done by another client.
fn by(mut phrase: Session, who: ClientId) -> Session {
    let acts = phrase.iter_mut().flat_map(|turn| &mut turn.acts);
    acts.for_each(|act| act.who = who);
    phrase
}

/// Whether only clients that are there do something, and in step 1 one at a time.
pub fn is_playable(kind: Kind, session: &[Turn]) -> bool {
    let mut there = vec![false; clients(session)];
    session.iter().flat_map(|turn| &turn.acts).all(|act| {
        let is_there = there[act.who];
        let is_alone = !there.contains(&true);
        match act.action {
            Action::Connect => {
                there[act.who] = true;
                !is_there && (is_alone || kind.has(Threads))
            }
            Action::Leave | Action::Reset => std::mem::replace(&mut there[act.who], false),
            _ => is_there,
        }
    })
}
