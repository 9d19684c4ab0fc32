//! Step 8, instances: several servers, one room.
//!
//! Step 7, and between the clients and the room a log:
//!
//! - What a client asks for goes to the log, and everybody hears what the log says (`room.rs`).
//! - The log is in memory (`memory.rs`), or in Redis, for any number of instances (`writer.rs`, `reader.rs`).
//! - There, a script decides (`room.lua`), so a name is one person's on all instances, and accounts are known to all.

use std::collections::VecDeque;
use std::process;
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Instant;

use commands::Command;
use door::Client;
use lines::Lines;
use log::Log;
use memory::Memory;
use pace::Pace;
use printing::{STDERR, STDOUT};
use reader::{Reader as LogReader, Snapshot};
use redis::Target;
use requests::Request;
use room::{Act, Event, Room};
use turns::{TURN, Turns};
use writer::Writer;

#[path = "../7-accounts/accounts.rs"]
#[expect(dead_code, reason = "nothing has to be saved here")]
mod accounts;
#[path = "../6-backpressure/audience.rs"]
mod audience;
#[path = "../5-names/clock.rs"]
mod clock;
#[path = "../5-names/commands.rs"]
mod commands;
#[path = "../4-lines/display.rs"]
mod display;
#[path = "../6-backpressure/door.rs"]
mod door;
#[path = "../5-names/goodbye.rs"]
mod goodbye;
#[path = "../7-accounts/key.rs"]
mod key;
#[path = "../4-lines/lines.rs"]
mod lines;
mod log;
mod memory;
#[path = "../6-backpressure/outbox.rs"]
mod outbox;
#[path = "../6-backpressure/outlet.rs"]
mod outlet;
#[path = "../6-backpressure/pace.rs"]
mod pace;
#[path = "../6-backpressure/printing.rs"]
mod printing;
mod reader;
mod redis;
#[path = "../7-accounts/requests.rs"]
mod requests;
mod room;
mod script;
#[path = "../4-lines/server.rs"]
mod server;
#[path = "../7-accounts/sha256.rs"]
mod sha256;
#[path = "../7-accounts/turns.rs"]
mod turns;
mod writer;

/// So many wrong keys in a row end the connection.
const MOST_WRONG: usize = 3;

/// The most lines of a client that wait until they are decided. Then its reading thread waits, too.
const LINES: usize = 16;

/// What a client's reading thread knows of it.
struct Reader {
    client: Client,
    to_room: SyncSender<Event>,
    /// Takes something in for each line that waits.
    waiting: SyncSender<()>,
    pace: Pace,
    turns: Arc<Turns>,
    /// How often in a row its key was wrong.
    wrong: usize,
}

fn main() {
    printing::start();
    let mut arguments = server::arguments("[ADDRESS] [REDIS]");
    let (address, redis) = (arguments.next(), arguments.next());
    let (to_room, events) = mpsc::sync_channel(room::EVENTS);
    let (log, snapshot) = match &redis {
        None => (Log::Memory(Memory::default()), Snapshot::default()),
        Some(redis) => join(redis, &to_room),
    };
    let listener = server::listen(address);
    if redis.is_none() {
        STDOUT.print("Accounts are kept in memory: name a Redis to keep them.".to_string());
    }
    thread::spawn(move || Room::new(log, snapshot).run(&events));
    let turns = Arc::new(Turns::default());
    door::accept_loop(&listener, move |client| {
        let (waiting, taken) = mpsc::sync_channel(LINES);
        let reader = Reader {
            client,
            to_room: to_room.clone(),
            waiting,
            pace: Pace::new(),
            turns: Arc::clone(&turns),
            wrong: 0,
        };
        reader.serve(taken);
    });
}

/// Joins the room that a Redis keeps, and starts the two threads between it and ours.
fn join(redis: &str, to_room: &SyncSender<Event>) -> (Log, Snapshot) {
    let Some(target) = Target::parse(redis) else {
        eprintln!(
            "'{redis}' is not a Redis such as 127.0.0.1:6379 or redis://:PASSWORD@HOST:PORT/DB"
        );
        process::exit(2);
    };
    let (reader, snapshot) = LogReader::new(target.clone()).unwrap_or_else(|error| {
        eprintln!(
            "Could not join the room at Redis {}: {error}",
            target.address
        );
        process::exit(1);
    });
    let (asked, queue) = mpsc::channel();
    let writer = Writer {
        target,
        queue,
        to_room: to_room.clone(),
        unanswered: VecDeque::new(),
    };
    let to_room = to_room.clone();
    thread::spawn(move || reader.run(&to_room));
    thread::spawn(move || writer.run());
    (Log::Redis(asked), snapshot)
}

impl Reader {
    /// The reading thread, from the client's arrival to its departure.
    fn serve(mut self, turns: mpsc::Receiver<()>) {
        let (outlet, taken) = self.client.way_out();
        self.tell_room(Act::Joined { outlet, turns });
        self.listen();
        self.tell_room(Act::Left);
        self.client.goes(&taken);
        while self.waiting.send(()).is_ok() {} // Until the log knows. So what waits for that is bounded, too.
    }

    /// Passes on what the client asks for, line by line, until it goes.
    fn listen(&mut self) {
        let stream = Arc::clone(&self.client.stream);
        for line in Lines::new(&*stream) {
            let length = line.as_ref().map_or(0, String::len);
            self.pace.wait(length);
            let request =
                line.map_or_else(|bad| requests::answer(&bad.to_string()), requests::parse);
            let goes_on = match request {
                Request::Register { name } => self.register(name),
                Request::Login { name, key } => self.login(name, &key),
                Request::Room(command) => self.pass_on(command),
            };
            if !goes_on {
                return; // Lines after that stay unread.
            }
        }
    }

    /// Leaves it to the room. Returns false if it was the client's last wish.
    fn pass_on(&self, command: Command) -> bool {
        let goes_on = command != Command::Exit;
        self.tell_room(Act::Asked { command });
        goes_on
    }

    /// Makes a name the client's own. Only the room is told the key: the log gets its hash.
    fn register(&self, name: String) -> bool {
        let key = match key::make() {
            Ok(key) => key,
            Err(error) => {
                STDERR.print(format!("Could not make a key: {error}"));
                let text = "No key could be made: try again.".to_string();
                return self.pass_on(Command::Answer(text));
            }
        };
        let hash = sha256::hash(key.as_bytes());
        self.tell_room(Act::Register { name, key, hash });
        true
    }

    /// Gives the client its own name, if the key is right. Returns false if it was wrong once too often.
    fn login(&mut self, name: String, key: &str) -> bool {
        let refusal = match self.turns.next(&name) {
            Some(turn) => {
                thread::sleep(turn.saturating_duration_since(Instant::now()));
                let hash = sha256::hash(key.as_bytes());
                let (answer, decided) = mpsc::sync_channel(1);
                self.tell_room(Act::Login { name, hash, answer });
                if decided.recv().unwrap_or(false) {
                    self.wrong = 0;
                    return true;
                }
                "Wrong name or key."
            }
            None => "Too many try that name: try again later.",
        };
        self.wrong += 1;
        thread::sleep(TURN);
        self.pass_on(Command::Answer(refusal.to_string()));
        self.wrong < MOST_WRONG
    }

    /// Tells the room about the client. Waits if too many events wait already, or too much that this client asked for.
    fn tell_room(&self, act: Act) {
        let _ = self.waiting.send(()); // Fails if the room has let the client go. Then it hears nothing more of it.
        let _ = self.to_room.send(Event::Client(self.client.id, act)); // Fails only without a room, and the room outlives all clients.
    }
}
