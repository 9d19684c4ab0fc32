//! The log: what everybody in the room is to hear, in one order for all.
//!
//! An instance asks for something, and hears from the log what was decided. With Redis, the log is a stream there, and
//! two threads stand between it and the room: one asks (`writer.rs`), the other hears (`reader.rs`). Without, what is
//! decided is heard at once, and kept nowhere (`memory.rs`).

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;

use super::memory::Memory;
use super::sha256::Hash;

/// Somebody in the room: the instance that it is connected to, and its number there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    pub instance: u64,
    pub client: u64,
}

/// What each person is called.
pub type People = BTreeMap<Person, String>;

/// What an instance asks for, in the name of a client.
pub struct Asked {
    pub who: Person,
    /// Rises with each request of an instance. So it can be sent twice and is decided once.
    pub number: u64,
    pub request: Request,
}

pub enum Request {
    Join { address: String },
    Say { text: String },
    Rename { name: String },
    Register { name: String, hash: Hash },
    Login { name: String, hash: Hash },
    Leave,
}

/// What was decided, and for whom.
pub struct Entry {
    pub who: Person,
    pub decided: Decided,
}

pub enum Decided {
    Joined {
        address: String,
    },
    Said {
        text: String,
    },
    Renamed {
        name: String,
    },
    Registered {
        name: String,
    },
    LoggedIn {
        name: String,
    },
    Refused {
        why: String,
    },
    WrongKey,
    Left,
    /// It is not in the room any more.
    Nobody,
    /// Its owner's new connection has taken its place. Nobody has asked for it in its name.
    Replaced,
    /// The whole instance, with all its people. Nobody has asked for that, either.
    Gone,
}

/// What the log's threads tell the room.
pub enum News {
    Decided(Entry),
    OutOfReach,
    Back,
    /// This instance did not hear all. The room is like this now.
    Missing(Snapshot),
}

/// The room as it is after an entry of the log. The instance is another if the old one was declared gone.
#[derive(Default)]
pub struct Snapshot {
    pub instance: u64,
    pub people: People,
}

/// Where requests go.
pub enum Log {
    Memory(Memory),
    Redis(Sender<Asked>),
}
