//! The reading end of the log: tells the room what was decided, shows the others that this instance lives, and declares
//! those gone that do not.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use super::key;
use super::log::{Decided, Entry, Person, Refusal};
use super::memory::People;
use super::printing::STDERR;
use super::redis::{Redis, Reply, Target, foreign};
use super::room::{Event, News};
use super::script::Script;

/// How often an instance shows that it lives.
const BEAT: Duration = Duration::from_secs(2);

/// An instance that shows nothing for so long is gone.
const LEASE: Duration = Duration::from_secs(10);

/// How long it waits before it connects again.
const PAUSE: Duration = Duration::from_millis(200);

pub struct Reader {
    target: Target,
    script: Option<Script>,
    instance: u64,
    /// The number of the last entry that was read.
    offset: u64,
    next_beat: Instant,
    /// What the other instances have shown, and since when. It begins anew with each connection.
    beats: HashMap<String, (String, Instant)>,
}

/// The room as it is after an entry of the log.
#[derive(Default)]
pub struct Snapshot {
    pub instance: u64,
    pub people: People,
}

impl Reader {
    /// Enters the room of a Redis as a new instance.
    pub fn new(target: Target) -> io::Result<(Reader, Snapshot)> {
        let mut reader = Reader {
            target,
            script: None,
            instance: 0,
            offset: 0,
            next_beat: Instant::now(),
            beats: HashMap::new(),
        };
        reader.connect()?;
        let snapshot = reader.start()?;
        Ok((reader, snapshot))
    }

    /// The reading thread.
    pub fn run(mut self, to_room: &SyncSender<Event>) {
        loop {
            if self.read(to_room).is_ok() {
                continue;
            }
            self.script = None; // A new connection may be all that it takes.
            if self.read(to_room).is_err() {
                self.script = None;
                thread::sleep(PAUSE); // The writing thread says why, as soon as somebody waits for it.
            }
        }
    }

    fn connect(&mut self) -> io::Result<&mut Script> {
        self.beats.clear();
        Ok(self
            .script
            .insert(Script::load(Redis::connect(&self.target)?)?))
    }

    /// Calls the script in the name of this instance.
    fn call(&mut self, words: &[&str]) -> io::Result<Reply> {
        let instance = self.instance.to_string();
        let script = match &mut self.script {
            Some(script) => script,
            None => self.connect()?,
        };
        script.call(&[&[&instance, "0", "0"], words].concat())
    }

    fn start(&mut self) -> io::Result<Snapshot> {
        let random = key::make()?;
        self.instance = u64::from_str_radix(&random[..12], 16).map_err(io::Error::other)?;
        self.snapshot("start").map_err(|error| {
            if error.to_string().contains("Unknown Redis command") {
                return io::Error::other("it has no streams: Redis 5 or newer is needed");
            }
            error
        })
    }

    fn snapshot(&mut self, what: &str) -> io::Result<Snapshot> {
        let reply = self.call(&[what])?;
        let [offset, people] = reply.list()? else {
            return Err(foreign());
        };
        self.offset = offset.text()?.parse().map_err(|_| foreign())?;
        let people = people.pairs()?;
        let people = people.map(|(who, name)| Ok((person(who)?, name.to_string())));
        Ok(Snapshot {
            instance: self.instance,
            people: people.collect::<io::Result<_>>()?,
        })
    }

    /// Waits up to a second for the next entries, and passes them on.
    fn read(&mut self, to_room: &SyncSender<Event>) -> io::Result<()> {
        let tell = |news| drop(to_room.send(Event::Log(news)));
        if Instant::now() >= self.next_beat && !self.beat()? {
            STDERR
                .print("This instance was declared gone: it disconnects its clients.".to_string());
            return self.start().map(|snapshot| tell(News::Anew(snapshot)));
        }
        for entry in self.next_entries()? {
            if entry.offset != self.offset + 1 {
                STDERR.print("Lines were deleted before this instance had read them.".to_string());
                return self
                    .snapshot("look")
                    .map(|snapshot| tell(News::Missing(snapshot)));
            }
            self.offset = entry.offset;
            if matches!(entry.decided, Decided::Gone) {
                self.next_beat = Instant::now(); // Is it this one?
            }
            tell(News::Decided(entry));
        }
        Ok(())
    }

    fn next_entries(&mut self) -> io::Result<Vec<Entry>> {
        let from = format!("{}-0", self.offset);
        let script = match &mut self.script {
            Some(script) => script,
            None => self.connect()?,
        };
        let words = [
            "XREAD", "COUNT", "500", "BLOCK", "1000", "STREAMS", "chat:log", &from,
        ];
        let reply = script.redis.call(&words)?;
        let [stream] = reply.list()? else {
            return Ok(Vec::new()); // Nothing has come.
        };
        let [_, entries] = stream.list()? else {
            return Err(foreign());
        };
        entries.list()?.iter().map(entry).collect()
    }

    /// Shows that this instance lives, and looks after the others. Returns false if it was declared gone itself.
    fn beat(&mut self) -> io::Result<bool> {
        self.next_beat = Instant::now() + BEAT;
        let reply = self.call(&["beat"])?;
        if reply == Reply::Text("gone".to_string()) {
            return Ok(false);
        }
        let now = Instant::now();
        let beats: HashMap<&str, &str> = reply.pairs()?.collect();
        self.beats
            .retain(|other, _| beats.contains_key(other.as_str()));
        for (other, beat) in beats {
            match self.beats.get(other) {
                Some((last, since)) if last == beat => {
                    if now - *since >= LEASE {
                        self.call(&["bury", other, beat])?;
                    }
                }
                _ => drop(
                    self.beats
                        .insert(other.to_string(), (beat.to_string(), now)),
                ),
            }
        }
        Ok(true)
    }
}

fn person(text: &str) -> io::Result<Person> {
    let numbers = text.split_once('/');
    let numbers = numbers.and_then(|(instance, client)| {
        Some(Person {
            instance: instance.parse().ok()?,
            client: client.parse().ok()?,
        })
    });
    numbers.ok_or_else(foreign)
}

/// An entry as Redis tells it: its id, and a list of names and values.
fn entry(reply: &Reply) -> io::Result<Entry> {
    let [id, fields] = reply.list()? else {
        return Err(foreign());
    };
    let offset = id
        .text()?
        .split_once('-')
        .and_then(|(offset, _)| offset.parse().ok());
    let fields: HashMap<&str, &str> = fields.pairs()?.collect();
    let field = |name| fields.get(name).copied().ok_or_else(foreign);
    Ok(Entry {
        offset: offset.ok_or_else(foreign)?,
        who: person(field("who")?)?,
        decided: decided(field("what")?, field("text")?.to_string())?,
    })
}

fn decided(what: &str, text: String) -> io::Result<Decided> {
    Ok(match what {
        "joined" => Decided::Joined { address: text },
        "said" => Decided::Said { text },
        "renamed" => Decided::Renamed { name: text },
        "registered" => Decided::Registered { name: text },
        "logged in" => Decided::LoggedIn { name: text },
        "left" => Decided::Left,
        "replaced" => Decided::Replaced,
        "gone" => Decided::Gone,
        "taken" => Decided::Refused(Refusal::Taken { name: text }),
        "yours" => Decided::Refused(Refusal::Yours { name: text }),
        "registered before" => Decided::Refused(Refusal::RegisteredBefore { name: text }),
        "full" => Decided::Refused(Refusal::Full),
        "wrong" => Decided::Refused(Refusal::WrongKey),
        "nobody" => Decided::Refused(Refusal::Nobody),
        _ => return Err(foreign()),
    })
}
