//! The scenes: scripts of clients against a server. `check N` plays those of step N, and where a step fails one of the
//! next step's, `show` draws that. What is to be heard is not in them: the contract says it.

mod accounts;
mod flooded;
mod instances;
mod stalled;
mod visitors;

use std::time::Duration;

use crate::check::failure::{Outcome, Tried};
use crate::model::contract::{Action, ClientId, LIMIT, beginning_of_key, key_of};
use crate::model::session::{
    ALICE, Act, BOB, CAROL, DAVE, ERIN, MALLORY, Session, Turn, a_room_of, at_once, breaks_off,
    connects, half_closes, leaves, resets, says, sends, turn,
};
use crate::runner::events::Observer;
use crate::runner::harness::Harness;
use crate::server::program::Ready;

/// A script with a title.
pub struct Scene {
    pub title: &'static str,
    /// How many clients there are to draw; none if it is never drawn.
    pub cast: &'static [&'static str],
    /// What its picture is called where all is right.
    pub right: &'static str,
    /// What it is called where something is wrong: a part of what it means, and the finding.
    pub wrong: (&'static str, &'static str),
    /// How many clients are in the room when it begins.
    pub room: usize,
    /// What is told at its end instead of each turn.
    pub sum: Option<&'static str>,
    /// The server mostly waits: `check` plays it beside the others.
    pub takes_long: bool,
    pub script: Script,
}

/// What is done in a scene.
pub enum Script {
    Turns(fn() -> Session),
    /// What cannot be said in turns: how much a server takes, and for how long.
    Code(fn(&mut Harness) -> Outcome),
    /// What takes more than one server, one after the other.
    Servers(fn(&Ready, Duration, &mut dyn Observer) -> Tried),
}

const TWO: &[&str] = &["alice", "bob"];

impl Scene {
    const fn new(title: &'static str, room: usize, turns: fn() -> Session) -> Scene {
        Scene {
            title,
            cast: &[],
            right: "",
            wrong: ("", ""),
            room,
            sum: None,
            takes_long: false,
            script: Script::Turns(turns),
        }
    }

    const fn code(title: &'static str, code: fn(&mut Harness) -> Outcome) -> Scene {
        Scene {
            title,
            cast: &[],
            right: "",
            wrong: ("", ""),
            room: 0,
            sum: None,
            takes_long: false,
            script: Script::Code(code),
        }
    }

    const fn servers(
        title: &'static str,
        code: fn(&Ready, Duration, &mut dyn Observer) -> Tried,
    ) -> Scene {
        Scene {
            title,
            cast: &[],
            right: "",
            wrong: ("", ""),
            room: 0,
            sum: None,
            takes_long: false,
            script: Script::Servers(code),
        }
    }

    /// A scene that `show` draws: one that a step fails.
    const fn drawn(mut self, cast: &'static [&'static str]) -> Scene {
        self.cast = cast;
        self
    }

    /// What is found in its picture: where all is right, and where it means this.
    const fn finding(
        mut self,
        right: &'static str,
        means: &'static str,
        wrong: &'static str,
    ) -> Scene {
        self.right = right;
        self.wrong = (means, wrong);
        self
    }

    const fn takes_long(mut self) -> Scene {
        self.takes_long = true;
        self
    }

    const fn summed_up(mut self, sum: &'static str) -> Scene {
        self.sum = Some(sum);
        self
    }

    /// All turns, with those that fill the room; none if it is code.
    pub fn session(&self) -> Option<Session> {
        match self.script {
            Script::Turns(turns) => Some([a_room_of(self.room), turns()].concat()),
            Script::Code(_) | Script::Servers(_) => None,
        }
    }
}

/// What a server must do to count as step `number`.
pub fn of_step(number: usize) -> &'static [Scene] {
    match number {
        1 => ECHO,
        2 => THREADS,
        3 => BROADCAST,
        4 => LINES,
        5 => NAMES,
        6 => BACKPRESSURE,
        7 => ACCOUNTS,
        8 => INSTANCES,
        _ => &[],
    }
}

/// The scene that step `number` fails: the first that the step after it must pass. (That of step 3 begins with words that
/// step 2 gets wrong before anything is to be seen. Step 7 has no place for a Redis. They have scenes of their own. Of step 4
/// a name shows more than a command.)
pub fn after_step(number: usize) -> Option<&'static Scene> {
    match number {
        2 => Some(&ONE_ROOM),
        4 => NAMES.get(1),
        7 => Some(&accounts::TWO_SERVERS),
        _ => of_step(number + 1).first(),
    }
}

/// Where a scene stands among those of a step; one that is none of them is like the first.
pub fn place(step: usize, scene: &Scene) -> usize {
    let same = |other: &Scene| other.title == scene.title;
    of_step(step).iter().position(same).unwrap_or(0)
}

const ECHO: &[Scene] = &[
    Scene::new("an echo for one client", 0, || {
        let words = ["hi", "how are you?", "so long"].map(|text| says(ALICE, text));
        [vec![connects(ALICE)], words.to_vec()].concat()
    }),
    Scene::new("one client after the other", 0, || {
        vec![
            connects(ALICE),
            says(ALICE, "hi"),
            leaves(ALICE),
            connects(BOB),
            says(BOB, "hello"),
            leaves(BOB),
            connects(CAROL),
            resets(CAROL),
            connects(DAVE),
            breaks_off(DAVE),
            connects(ERIN),
            says(ERIN, "hello"),
        ]
    }),
];

const THREADS: &[Scene] = &[
    Scene::new("two clients at once", 0, || {
        vec![
            connects(ALICE),
            says(ALICE, "hi"),
            connects(BOB),
            says(BOB, "yo"),
            says(ALICE, "still here"),
        ]
    })
    .drawn(TWO)
    .finding(
        "Bob is answered while Alice stays",
        "one client at a time",
        "Bob waits for Alice, not for the server",
    ),
    Scene::new("twenty clients, and a silent one", 0, || {
        let all = ALICE..ALICE + 20;
        let words = all
            .clone()
            .map(|who| says(who, &format!("{} here", crate::model::session::NAMES[who])));
        let mut session = vec![connects(MALLORY)];
        session.extend(all.map(connects));
        session.extend(words);
        session.extend([says(MALLORY, "sorry, I was away"), half_closes(MALLORY)]);
        session
    })
    .summed_up("twenty clients get their answers, while mallory says nothing"),
    Scene::new("somebody sends no more, and still listens", 0, || {
        vec![
            connects(ALICE),
            says(ALICE, "hi"),
            half_closes(ALICE),
            connects(BOB),
            half_closes(BOB),
        ]
    }),
];

/// Bob comes, and speaks: does alice hear him?
const ONE_ROOM: Scene = Scene::new("two people in one room", 0, || {
    let comes_and_speaks = [Action::Connect, Action::Send(b"yo\n".to_vec())];
    let acts = comes_and_speaks.map(|action| Act { who: BOB, action });
    vec![connects(ALICE), turn(acts)]
})
.drawn(TWO)
.finding(
    "What Bob says, Alice hears",
    "answers each client for itself",
    "Bob is answered, and Alice hears nothing of it",
);

const BROADCAST: &[Scene] = &[
    Scene::new("two people in one room", 0, || {
        vec![
            connects(ALICE),
            says(ALICE, "hi"),
            connects(BOB),
            says(BOB, "yo"),
            says(ALICE, "welcome"),
        ]
    }),
    Scene::new("people leave", 3, || {
        vec![
            leaves(BOB),
            says(ALICE, "one"),
            says(ALICE, "two"),
            half_closes(CAROL),
            connects(DAVE),
            resets(DAVE),
            says(ALICE, "three"),
            says(ALICE, "four"),
        ]
    }),
    Scene::new("two leave at once", 4, || {
        vec![
            at_once([leaves(BOB), leaves(CAROL)]),
            says(ALICE, "one"),
            says(DAVE, "two"),
        ]
    }),
    Scene::new("somebody sends garbage", 2, || {
        vec![
            sends(BOB, b"caf\xe9 \xff\xfe\n"),
            says(BOB, "sorry"),
            says(ALICE, "never mind"),
        ]
    }),
    Scene::new("everybody talks at once", 4, four_talk)
        .summed_up("four talk at once, all see the same 100 lines"),
    Scene::code("three reset at once", visitors::reset_at_once),
    Scene::code("many come and go", visitors::come_and_go),
];

/// Four say a line each, all at once, again and again.
fn four_talk() -> Session {
    let four = [ALICE, BOB, CAROL, DAVE];
    let round =
        |number: usize| at_once(four.map(|who| says(who, &format!("{who}, round {number}"))));
    (1..=25).map(round).collect()
}

const LINES: &[Scene] = &[
    Scene::new("a line in two packets", 2, || {
        vec![sends(ALICE, "hel"), sends(ALICE, "lo\n")]
    })
    .drawn(TWO)
    .finding(
        "One line in two packets is one message",
        "what one read returns",
        "One line in two packets becomes two messages",
    ),
    Scene::new("lines as they come", 2, || {
        vec![
            sends(ALICE, "one\ntwo\n"),
            sends(BOB, "as telnet ends it\r\n"),
            sends(BOB, "cut in\r"),
            sends(BOB, "\n"),
            sends(ALICE, b"caf\xc3"),
            sends(ALICE, b"\xa9\n"),
            sends(ALICE, "one and a ha"),
            sends(ALICE, "lf\nthe next\nthe las"),
            sends(ALICE, "t\n"),
        ]
    }),
    Scene::new("lines that are refused", 2, || {
        vec![
            sends(BOB, "\n\r\n"),
            sends(BOB, b"caf\xe9 \xff\xfe\n"),
            sends(BOB, "\u{1b}[2Jgone?\u{7}\tno\u{9b}\n"),
            says(BOB, "sorry"),
        ]
    }),
    Scene::new("long lines", 2, || {
        let longest = "x".repeat(LIMIT);
        vec![
            says(BOB, &longest),
            sends(BOB, format!("{longest}\r\n")),
            says(BOB, &format!("{longest}x")),
            says(BOB, &"é".repeat(LIMIT / 2 + 1)),
            sends(BOB, "x".repeat(10_000)),
            sends(BOB, "still the same line\n"),
            says(BOB, "sorry"),
        ]
    }),
    Scene::new("the last line", 2, || {
        vec![sends(BOB, "bye"), half_closes(BOB)]
    }),
];

const NAMES: &[Scene] = &[
    Scene::new("commands", 2, || {
        let lines = ["/up Hello", "/down Hello", "/up", "/time", "/quitter"];
        let mut session: Session = lines.iter().map(|line| says(ALICE, line)).collect();
        session.push(sends(ALICE, "/up as telnet sends it\r\n"));
        session
    }),
    Scene::new("a name", 2, || {
        vec![says(ALICE, "/nick Alice"), says(ALICE, "hello")]
    })
    .drawn(TWO)
    .finding(
        "Alice asks for a name, and gets it",
        "does not know this command",
        "Alice asks for a name, and everybody hears it",
    ),
    Scene::new("a name has one owner", 2, || {
        let refused = [
            "aLICE",
            "10.0.0.1",
            "1.a",
            "Al",
            "abcdefghijklmnop",
            "al_ice",
        ];
        let mut session = vec![says(ALICE, "/nick Alice")];
        session.extend(refused.map(|name| says(BOB, &format!("/nick {name}"))));
        session.extend([
            says(BOB, "/nick bob"),
            says(BOB, "/nick bob"),
            says(BOB, "/nick BOB"),
            leaves(ALICE),
            says(BOB, "/nick alice"),
        ]);
        session
    }),
    Scene::new("who is here", 2, || {
        vec![
            says(ALICE, "/help"),
            says(ALICE, "/nick Al-1"),
            says(BOB, "/who"),
            says(ALICE, "/nick Zoe"),
            says(BOB, "/nick ann"),
            says(BOB, "/who"),
        ]
    }),
    Scene::new("goodbye", 2, || {
        let unread = format!(
            "last words\n/exit\nand another thing\n{}\n",
            "x".repeat(200_000)
        );
        vec![sends(BOB, unread), says(ALICE, "alone again")]
    }),
];

const BACKPRESSURE: &[Scene] = &[
    Scene::code("somebody reads nothing for a while", stalled::reads_later)
        .drawn(&["alice", "bob", "carol"])
        .finding(
            "Carol does not read, and nobody waits for her",
            "everybody wait for one client",
            "Carol does not read, and everybody waits",
        ),
    Scene::new("an answer among broadcasts", 2, || {
        (0..100)
            .map(|_| sends(BOB, "one\n/up two\nthree\n"))
            .collect()
    })
    .summed_up("bob gets 100 answers, each between what he said before and after"),
    Scene::code("many come, read nothing, and go", stalled::nothing_stays),
    Scene::code("somebody stops reading twice", stalled::reads_later_again),
    Scene::code("somebody never reads", stalled::never_reads).takes_long(),
    Scene::code("somebody talks without a pause", flooded::reads_slowly).takes_long(),
];

const ACCOUNTS: &[Scene] = &[
    Scene::code("an impostor", accounts::impostor)
        .drawn(&["alice", "bob", "mallory"])
        .finding(
            "Alice has left, and her name is still hers",
            "to the first who asks",
            "Mallory is taken for Alice",
        ),
    Scene::new("a name with a key", 2, || {
        vec![
            says(ALICE, "/register"),
            says(ALICE, "/register 10.0.0.1"),
            says(ALICE, "/login"),
            says(ALICE, "/login Bob"),
            says(ALICE, "/register Alice"),
            says(ALICE, "hello"),
            says(ALICE, "/register Alice"),
            says(BOB, "/nick aLICE"),
            says(BOB, "/register alice"),
            says(BOB, "/nick Bob"),
            says(ALICE, "/register bob"),
            leaves(ALICE),
            says(BOB, "/nick Alice"),
            connects(CAROL),
            logs_in(CAROL, "alice", &key_of("Alice")),
            says(CAROL, "back again"),
            says(CAROL, "/nick Carol"),
            says(BOB, "/nick Alice"),
            says(BOB, "/register Bob"),
            says(BOB, "/help"),
        ]
    }),
    Scene::new("one person, one place", 3, || {
        vec![
            says(ALICE, "/register Alice"),
            connects(DAVE),
            logs_in(DAVE, "Alice", &key_of("Alice")),
            says(DAVE, "still me"),
            says(BOB, "/who"),
        ]
    }),
    Scene::new("a name that its owner does not use", 2, || {
        vec![
            says(BOB, "/register Bob"),
            says(BOB, "/nick Robert"),
            logs_in(ALICE, "Bob", &key_of("Bob")),
            says(BOB, "I am here, too"),
        ]
    }),
    Scene::new("wrong keys", 2, || {
        vec![
            says(BOB, "/register Bob"),
            says(ALICE, "/register Alice"),
            logs_in(ALICE, "Bob", &key_of("Alice")),
            logs_in(ALICE, "Bob", &beginning_of_key("Bob")),
            logs_in(ALICE, "Alice", &key_of("Alice")),
            logs_in(ALICE, "Nobody", &key_of("Nobody")),
            says(ALICE, "still here"),
        ]
    })
    .takes_long(),
    Scene::new("three wrong logins in a row", 3, || {
        let nothing = "0".repeat(32);
        vec![
            says(BOB, "/register Bob"),
            at_once([
                logs_in(ALICE, "Bob", &nothing),
                logs_in(CAROL, "Nobody", &nothing),
            ]),
            logs_in(ALICE, "Alicia", &nothing),
            logs_in(ALICE, "Bob", &nothing),
            says(CAROL, "still here"),
        ]
    })
    .takes_long(),
    Scene::code("a wrong key costs time", accounts::takes_time).takes_long(),
    Scene::servers("the server is killed", accounts::outlives_its_server),
];

fn logs_in(who: ClientId, name: &str, key: &str) -> Turn {
    says(who, &format!("/login {name} {key}"))
}

const INSTANCES: &[Scene] = &[
    Scene::new("two servers, one room", 0, || {
        vec![
            connects(ALICE),
            says(ALICE, "hi"),
            connects(BOB),
            says(BOB, "yo"),
            says(ALICE, "welcome"),
            half_closes(BOB),
            says(ALICE, "alone again"),
        ]
    }),
    Scene::new("four talk at once, at two servers", 4, four_talk)
        .summed_up("four talk at once at two servers, all see the same 100 lines"),
    Scene::code("connections to Redis are cut", instances::cut).takes_long(),
    Scene::new("a name is one person's, wherever", 2, || {
        vec![
            says(ALICE, "/nick Alice"),
            says(BOB, "/nick aLICE"),
            says(BOB, "/nick Bob"),
            says(ALICE, "/who"),
            says(ALICE, "/nick bob"),
            leaves(ALICE),
            says(BOB, "/nick Alice"),
        ]
    }),
    Scene::new("who registers here, logs in there", 2, || {
        let (key, nothing) = (key_of("Alice"), "0".repeat(32));
        vec![
            says(ALICE, "/register Alice"),
            says(BOB, "/nick alice"),
            connects(CAROL),
            connects(DAVE),
            logs_in(DAVE, "alice", &key),
            says(DAVE, "still me"),
            says(CAROL, "/who"),
            logs_in(BOB, "Alice", &key),
            says(BOB, "/who"),
            logs_in(CAROL, "Alice", &nothing),
        ]
    }),
    Scene::new("answers take their turn", 2, || {
        let burst: String = (1..=20).map(|line| format!("{line}\n")).collect();
        vec![
            sends(BOB, "/nick Zed\n/who\none\n/up two\n/nick Zoe\n/who\n"),
            sends(ALICE, &burst),
        ]
    }),
    Scene::code("a server comes later", instances::comes_later),
    Scene::code("Redis is killed, and comes back", instances::comes_back).takes_long(),
];
