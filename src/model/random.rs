//! Sessions made at random, with all that a step promises something about: from the same seed always the same ones.

use crate::model::contract::{Action, ClientId, Contract, LIMIT, key_of};
use crate::model::features::Feature;
use crate::model::session::{
    Session, Turn, at_once, breaks_off, connects, half_closes, leaves, placeholders, resets, says,
    sends,
};

/// Numbers that look random: xorshift64*, by Sebastiano Vigna.
pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        // Seeds that are near to each other are to differ at once, and none may be 0.
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

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
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
const COMMANDS: &[&str] = &[
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
const ABOUT_NAMES: &[&str] = &["/who", "/who", "/nick"];

/// What a session is made for.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The step whose check it is for: how many clients there are, and what they do.
    pub step: usize,
    /// The step whose contract the server is held to: what they say.
    pub contract: usize,
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
    let mut maker = SessionGenerator {
        kind,
        contract: Contract::new(kind.contract, placeholders(&[connects(most - 1)])),
        session: Session::new(),
        random,
        most,
        come: 0,
        logins: Vec::new(),
    };
    while maker.session.len() < turns {
        maker.turn();
    }
    maker.session
}

struct SessionGenerator {
    kind: Kind,
    /// What is so far, so that only what is determined is done.
    contract: Contract,
    session: Session,
    random: Random,
    most: usize,
    come: usize,
    /// The names that somebody has logged in with.
    logins: Vec<String>,
}

impl SessionGenerator {
    fn turn(&mut self) {
        let people: Vec<ClientId> = self.contract.people().collect();
        let may_come = self.come < self.most && (self.kind.step > 1 || people.is_empty());
        if people.is_empty() && !may_come {
            return self.session.push(Turn {
                acts: Vec::new(),
                is_sentinel: false,
            });
        }
        let turn = if may_come
            && (people.len() < 2 && self.random.below(3) > 0
                || people.is_empty()
                || self.random.one_in(4))
        {
            self.come += 1;
            connects(self.come - 1)
        } else {
            self.act(&people)
        };
        turn.acts
            .iter()
            .for_each(|act| self.contract.act(act.who, &act.action));
        self.session.push(turn);
    }

    fn act(&mut self, people: &[ClientId]) -> Turn {
        let who = people[self.random.below(people.len())];
        let is_clean = self.contract.can_speak(who);
        // Somebody has to be left who can tell that another has gone.
        let may_go = people.len() > 2
            || !self.contract.is_chat()
            || self.kind.step < 3 && self.come < self.most;
        if may_go && self.random.one_in(5) {
            return self.goes(who, people, is_clean);
        }
        if !is_clean {
            return self.goes_on(who);
        }
        if self.random.one_in(8) {
            let speakers: Vec<ClientId> = people
                .iter()
                .copied()
                .filter(|who| self.contract.can_speak(*who))
                .take(3)
                .collect();
            return at_once(
                speakers
                    .iter()
                    .map(|who| says(*who, &format!("{who} at once"))),
            );
        }
        let bytes = self.bytes();
        sends(who, bytes)
    }

    fn goes(&mut self, who: ClientId, people: &[ClientId], is_clean: bool) -> Turn {
        if self.contract.has(Feature::Commands) && is_clean && self.random.one_in(9) {
            // Too much to be read ahead: closing with that unread would reset the connection.
            return sends(who, format!("/exit\n{}\n", "x".repeat(200_000)));
        }
        if self.contract.has(Feature::Commands) && is_clean && self.random.one_in(3) {
            let words: &[&str] = &[
                "/exit\n",
                "last words\n/exit\n",
                "/exit\nunheard\n",
                "/exit now\n",
            ];
            return sends(who, self.random.pick(words));
        }
        let other = people
            .iter()
            .copied()
            .find(|other| *other != who && self.contract.can_speak(*other));
        match (self.random.below(6), other) {
            (0, _) if is_clean && !self.contract.is_chat() && self.random.one_in(2) => {
                breaks_off(who)
            }
            (0, _) if is_clean => resets(who),
            (1, _) if self.kind.step > 1 && is_clean => {
                let word = self.random.pick(&["my last word\n", "k"]); // The least there is.
                at_once([sends(who, word), half_closes(who)])
            }
            (1 | 2, _) if self.kind.step > 1 => half_closes(who),
            (3, Some(other)) if self.kind.step > 1 && is_clean && people.len() > 3 => {
                at_once([leaves(who), leaves(other)])
            }
            _ if is_clean => leaves(who),
            _ => sends(who, "rest\n"),
        }
    }

    /// Somebody goes on with a line, or ends it.
    fn goes_on(&mut self, who: ClientId) -> Turn {
        let unfinished = &self.contract.clients[who].unfinished;
        // The rest of a character comes first.
        let rest = match std::str::from_utf8(unfinished) {
            Err(error) if error.error_len().is_none() => "\u{e9}".as_bytes()[1..].to_vec(),
            _ => Vec::new(),
        };
        let mut more: &[&str] = &["lo\n", "\n", " and so on", "lo\nnext\n", "lo\nnext", "\r\n"];
        if unfinished.ends_with(b"\r") {
            more = &more[..more.len() - 1]; // Of two \r, some servers take both for the line's end, as they take blanks.
        }
        let more = self.random.pick(more);
        sends(who, [&rest, more.as_bytes()].concat())
    }

    fn bytes(&mut self) -> Vec<u8> {
        match self.contract.step {
            1 | 2 => self.echo(),
            3 if self.random.one_in(4) => [&self.of_length(300), &b"\n"[..]].concat(),
            3 => [self.random.pick(&short_words()).as_bytes(), b"\n"].concat(),
            4 => self.lines(),
            _ if self.random.one_in(2) => self.command(),
            _ => self.lines(),
        }
    }

    fn echo(&mut self) -> Vec<u8> {
        match self.random.below(8) {
            6 => b"\n".to_vec(),
            7 if self.random.one_in(4) => vec![b'x'; 200_000],
            0 => self.of_length(8192),
            1 => (0..=255).collect(),
            2 => b"caf\xe9 \xff\xfe\x00 \xf0\x9f\n".to_vec(),
            3 => b"one\ntwo\r\n\n three \n".to_vec(),
            4 => self.random.pick(WORDS).as_bytes().to_vec(),
            _ => [self.random.pick(WORDS).as_bytes(), b"\n"].concat(),
        }
    }

    /// A length around a power of two, or around another that people choose.
    fn of_length(&mut self, most: usize) -> Vec<u8> {
        let lengths: &[usize] = &[
            7, 17, 31, 32, 33, 64, 65, 100, 101, 128, 129, 200, 255, 256, 257, 300, 500, 512, 513,
            1000, 1024, 1025, 2000, 2048, 2049, 3000, 4000, 4094, 4095, 4096, 8192,
        ];
        let fitting: Vec<usize> = lengths
            .iter()
            .copied()
            .filter(|length| *length <= most)
            .collect();
        let length = fitting[self.random.below(fitting.len())];
        // Each place differs from its neighbours: what is missing, or comes twice, shows.
        (0..length)
            .map(|at| b"abcdefghijklmnopqrstuvwxyz0123456789"[(at + at / 36) % 36])
            .collect()
    }

    fn lines(&mut self) -> Vec<u8> {
        let word = *self.random.pick(&[
            &WORDS[0], &WORDS[1], &WORDS[4], &WORDS[12], &WORDS[13], &WORDS[14], &WORDS[15],
            &WORDS[17],
        ]);
        let text: Vec<u8> = match self.random.below(18) {
            0 => [&self.of_length(LIMIT), &b"\n"[..]].concat(),
            1 => [&self.of_length(LIMIT)[..], b"\r\n"].concat(),
            2 => [vec![b'x'; LIMIT + 1 + self.random.below(3)], b"\n".to_vec()].concat(),
            3 => [vec![b'x'; 5000 + self.random.below(6000)], b"\n".to_vec()].concat(),
            4 => "é"
                .repeat(LIMIT / 2 + self.random.below(2))
                .into_bytes()
                .into_iter()
                .chain(*b"\n")
                .collect(),
            5 => vec![b'x'; 10_000],
            6 => b"caf\xe9 \xff\xfe\n".to_vec(),
            7 => b"\xc3\n".to_vec(),
            8 => "\u{1b}[2Jgone?\u{7}\tno \u{9b}1m \u{85}x\u{7f}y\rz\n"
                .as_bytes()
                .to_vec(),
            9 => b"one\ntwo\r\nthree\n".to_vec(),
            10 => b"\n\r\n\nafter nothing\n".to_vec(),
            11 => b"caf\xc3".to_vec(),
            12 => [word.as_bytes(), b"\r"].concat(),
            13 => [word.as_bytes(), b"\nhel"].concat(),
            16 => b"caf\xe9\nin the same packet\n".to_vec(),
            14 => "page\u{c}break\u{b}x\u{1c}y\n".as_bytes().to_vec(),
            _ => [word.as_bytes(), b"\n"].concat(),
        };
        text
    }

    fn command(&mut self) -> Vec<u8> {
        if self.contract.has(Feature::Accounts) && self.random.one_in(3) {
            return self.account().into_bytes();
        }
        let has_names = self.contract.has(Feature::Names);
        let line = match self.random.below(5) {
            0 | 1 if has_names => format!("/nick {}", self.random.pick(NAMES)),
            2 if has_names => format!("/nick {}", self.random.pick(BAD_NAMES)),
            _ if has_names && self.random.one_in(8) => self.random.pick(ABOUT_NAMES).to_string(),
            _ => self.random.pick(COMMANDS).to_string(),
        };
        match self.random.below(8) {
            0 => format!("before\n{line}\nafter\n"),
            1 => format!("{line}\r\n"),
            _ => format!("{line}\n"),
        }
        .into_bytes()
    }
}

impl SessionGenerator {
    /// A name is registered, or somebody logs in. A second login for a name would have to wait: there is none.
    fn account(&mut self) -> String {
        let accounts = self.contract.accounts();
        let is_new = |name: &&String| !self.logins.contains(name);
        let name = accounts.iter().find(is_new).cloned();
        match name.filter(|_| self.random.one_in(2)) {
            Some(name) => {
                let login = format!("/login {name} {}\n", key_of(&name));
                self.logins.push(name);
                login
            }
            None => format!("/register {}\n", self.random.pick(NAMES)),
        }
    }
}

/// What means the same whether a message is a read or a line, and whether or not there are commands.
fn short_words() -> Vec<&'static str> {
    WORDS
        .iter()
        .copied()
        .filter(|word| !word.starts_with('/'))
        .collect()
}

/// A session of what is done in these scenes, by others and in another order: nothing else that the server may not
/// be made for yet.
pub fn from_scenes(scenes: &[Session], contract: usize, seed: u64) -> Session {
    let mut random = Random::new(seed);
    let phrases: Vec<Session> = scenes
        .iter()
        .flat_map(|scene| phrases(scene, contract))
        .collect();
    let clients = 2 + random.below(3);
    let mut session: Session = crate::model::session::a_room_of(1);
    let mut room = Contract::new(contract, placeholders(&[connects(clients - 1)]));
    session
        .iter()
        .flat_map(|turn| &turn.acts)
        .for_each(|act| room.act(act.who, &act.action));
    for next in (1..clients).map(Some).chain([None; 6]) {
        let people: Vec<ClientId> = room.people().collect();
        let who = people[random.below(people.len())];
        let phrase = match next {
            Some(newcomer) => vec![connects(newcomer)],
            None if phrases.is_empty() => Vec::new(),
            None => by(&phrases[random.below(phrases.len())], who),
        };
        let mut after = room.clone();
        phrase
            .iter()
            .flat_map(|turn| &turn.acts)
            .for_each(|act| after.act(act.who, &act.action));
        // Somebody has to be left who can tell that another has gone.
        if after.people().count() > 0 {
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
        turn.acts
            .iter()
            .for_each(|act| room.act(act.who, &act.action));
        let who = turn.acts[0].who;
        if turn
            .acts
            .iter()
            .any(|act| act.who != who || act.action == Action::Connect)
        {
            continue;
        }
        phrase.push(turn.clone());
        if room.can_speak(who) || room.clients[who].has_gone() {
            found.push(std::mem::take(&mut phrase));
        }
    }
    found
}

/// The same done by another.
fn by(phrase: &Session, who: ClientId) -> Session {
    let mut phrase = phrase.clone();
    phrase
        .iter_mut()
        .flat_map(|turn| &mut turn.acts)
        .for_each(|act| act.who = who);
    phrase
}

/// Whether nobody does anything who is not there, and step 1 has one client at a time.
pub fn is_playable(kind: Kind, session: &[Turn]) -> bool {
    let mut there: Vec<bool> = vec![false; crate::model::session::clients(session)];
    session.iter().flat_map(|turn| &turn.acts).all(|act| {
        let is_there = there[act.who];
        let is_alone = !there.contains(&true);
        match act.action {
            Action::Connect => {
                there[act.who] = true;
                !is_there && (is_alone || kind.step > 1)
            }
            Action::Leave | Action::Reset => std::mem::replace(&mut there[act.who], false),
            _ => is_there,
        }
    })
}
