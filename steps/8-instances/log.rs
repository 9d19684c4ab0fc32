//! The log: what everybody in the room is to hear, in one order for all.
//!
//! An instance asks for something, and hears from the log what was decided. With Redis, the log is a stream there, and
//! two threads stand between it and the room: one asks (`writer.rs`), the other hears (`reader.rs`). Without, what is
//! decided is heard at once, and kept nowhere (`memory.rs`).

use std::sync::mpsc::Sender;

use super::memory::Memory;
use super::sha256::Hash;

/// Somebody in the room: the instance that it is connected to, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    pub instance: u64,
    pub client: u64,
}

/// What an instance asks for, in the name of a client.
#[derive(Debug)]
pub struct Asked {
    pub who: Person,
    /// Rises with each request of an instance. So it can be sent twice and is decided once.
    pub number: u64,
    pub request: Request,
}

#[derive(Debug)]
pub enum Request {
    Join { address: String },
    Say { text: String },
    Rename { name: String },
    Register { name: String, hash: Hash },
    Login { name: String, hash: Hash },
    Leave,
}

/// What was decided.
#[derive(Debug)]
pub struct Entry {
    /// The entries of a log are numbered, without a gap.
    pub offset: u64,
    pub who: Person,
    pub decided: Decided,
}

#[derive(Debug)]
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
    Left,
    /// Its owner's new connection has taken its place. Nobody has asked for it in its name.
    Replaced,
    /// The whole instance, with all its people.
    Gone,
    Refused(Refusal),
}

/// Why something was refused.
#[derive(Debug)]
pub enum Refusal {
    Taken {
        name: String,
    },
    /// It is the client's own already.
    Yours {
        name: String,
    },
    RegisteredBefore {
        name: String,
    },
    Full,
    WrongKey,
    /// Who asked is not in the room any more.
    Nobody,
}

/// Where requests go.
pub enum Log {
    Memory(Memory),
    Redis(Sender<Asked>),
}
