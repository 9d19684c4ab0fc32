//! The reading end of the log: tells the room what was decided, shows the others that this instance lives, and declares
//! those gone that do not.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use super::log::{Decided, Entry, News, Person, Snapshot};
use super::printing::STDERR;
use super::redis::{Reply, Target, foreign, number};
use super::room::Input;
use super::script::Script;
use super::{accounts, commands, key};

/// How often an instance shows that it lives.
const BEAT: Duration = Duration::from_secs(2);

/// An instance that shows nothing for so long is gone.
const LEASE: Duration = Duration::from_secs(10);

/// How long it waits before it connects again.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Reader {
    script: Script,
    instance: u64,
    /// The number of the last entry that was read.
    offset: u64,
    next_beat: Instant,
    /// What the other instances have shown, and since when. It begins anew with each connection.
    beats: HashMap<String, (String, Instant)>,
}

impl Reader {
    /// Enters the room of a Redis as a new instance.
    pub fn new(target: Target) -> io::Result<(Reader, Snapshot)> {
        let mut reader = Reader {
            script: Script::new(target),
            instance: 0,
            offset: 0,
            next_beat: Instant::now(),
            beats: HashMap::new(),
        };
        let snapshot = reader.start()?;
        Ok((reader, snapshot))
    }

    /// The reading thread.
    pub fn run(mut self, to_room: &SyncSender<Input>) {
        loop {
            if self.read(to_room).is_err() {
                self.script.disconnect();
                self.beats.clear();
                thread::sleep(PAUSE); // The writing thread says why, as soon as somebody waits for it.
            }
        }
    }

    /// Calls the script in the name of this instance.
    fn call(&mut self, words: &[&str]) -> io::Result<Reply> {
        let instance = self.instance.to_string();
        self.script.call(&[&[&instance, "0", "0"], words].concat())
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
        self.offset = number(offset.text()?)?;
        let people = people.pairs()?;
        let people = people.map(|(who, name)| Ok((person(who)?, name.to_string())));
        Ok(Snapshot {
            instance: self.instance,
            people: people.collect::<io::Result<_>>()?,
        })
    }

    /// Waits up to a second for the next entries, and passes them on.
    fn read(&mut self, to_room: &SyncSender<Input>) -> io::Result<()> {
        let tell = |news| drop(to_room.send(Input::Log(news)));
        if Instant::now() >= self.next_beat && !self.beat()? {
            STDERR
                .print("This instance was declared gone: it disconnects its clients.".to_string());
            return self.start().map(|snapshot| tell(News::Missing(snapshot)));
        }
        for (offset, entry) in self.next_entries()? {
            if offset != self.offset + 1 {
                STDERR.print("Lines were deleted before this instance had read them.".to_string());
                let snapshot = self.snapshot("look");
                return snapshot.map(|snapshot| tell(News::Missing(snapshot)));
            }
            self.offset = offset;
            if matches!(entry.decided, Decided::Gone) {
                self.next_beat = Instant::now(); // Is it this one?
            }
            tell(News::Decided(entry));
        }
        Ok(())
    }

    fn next_entries(&mut self) -> io::Result<Vec<(u64, Entry)>> {
        let from = format!("{}-0", self.offset);
        let words = [
            "XREAD", "COUNT", "500", "BLOCK", "1000", "STREAMS", "chat:log", &from,
        ];
        let (redis, _) = self.script.connect()?;
        match redis.call(&words)?.list()? {
            [] => Ok(Vec::new()), // Nothing has come.
            [stream, ..] => {
                let [_, entries] = stream.list()? else {
                    return Err(foreign());
                };
                entries.list()?.iter().map(entry).collect()
            }
        }
    }

    /// Shows that this instance lives, and looks after the others. Returns false if it was declared gone itself.
    fn beat(&mut self) -> io::Result<bool> {
        let now = Instant::now();
        self.next_beat = now + BEAT;
        let reply = self.call(&["beat"])?;
        if reply == Reply::Text("gone".to_string()) {
            return Ok(false);
        }
        let mut beats = HashMap::new();
        for (other, beat) in reply.pairs()? {
            let known = self.beats.remove(other).filter(|(last, _)| last == beat);
            let (beat, since) = known.unwrap_or_else(|| (beat.to_string(), now));
            if now - since >= LEASE {
                self.call(&["bury", other, &beat])?;
            }
            beats.insert(other.to_string(), (beat, since));
        }
        self.beats = beats;
        Ok(true)
    }
}

fn person(text: &str) -> io::Result<Person> {
    let (instance, client) = text.split_once('/').ok_or_else(foreign)?;
    Ok(Person {
        instance: number(instance)?,
        client: number(client)?,
    })
}

/// An entry as Redis tells it, with its offset: its id, and a list of names and values.
fn entry(reply: &Reply) -> io::Result<(u64, Entry)> {
    let [id, fields] = reply.list()? else {
        return Err(foreign());
    };
    let (offset, _) = id.text()?.split_once('-').ok_or_else(foreign)?;
    let [_, who, _, what, _, text] = fields.list()? else {
        return Err(foreign());
    };
    let entry = Entry {
        who: person(who.text()?)?,
        decided: decided(what.text()?, text.text()?.to_string())?,
    };
    Ok((number(offset)?, entry))
}

fn decided(what: &str, text: String) -> io::Result<Decided> {
    let refused = |why| Decided::Refused { why };
    Ok(match what {
        "joined" => Decided::Joined { address: text },
        "said" => Decided::Said { text },
        "renamed" => Decided::Renamed { name: text },
        "registered" => Decided::Registered { name: text },
        "logged in" => Decided::LoggedIn { name: text },
        "taken" => refused(commands::taken(&text)),
        "yours" => refused(commands::yours(&text)),
        "registered before" => refused(accounts::registered(&text)),
        "full" => refused(accounts::FULL.to_string()),
        "wrong" => Decided::WrongKey,
        "left" => Decided::Left,
        "nobody" => Decided::Nobody,
        "replaced" => Decided::Replaced,
        "gone" => Decided::Gone,
        _ => return Err(foreign()),
    })
}
