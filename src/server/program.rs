//! What the user asks to run: which program that is, and how it is started.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::course::learner;
use crate::error::CouldNotTry;
use crate::os::sockets::{CONNECT_TIMEOUT, connect, meant_by};
use crate::server::build::build;

/// Where a command is expected that cannot be told an address.
pub const USUAL_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1337);

/// What the user asked to check.
pub enum Program {
    /// A program of this package, by the name that `cargo run --bin` takes.
    Bin(String),
    /// Any command, with its arguments.
    Command(Vec<OsString>),
    /// A server that is running already, as `host:port`.
    At(String),
}

/// A program that is built, or found: it can be started as often as there are scenes.
pub enum Ready {
    Executable(Executable),
    Running(SocketAddr),
}

/// A program to be started, with its arguments.
pub struct Executable {
    words: Vec<OsString>,
    pub port: Port,
    /// It may be a shell or the like, whose children do the work.
    pub forks: bool,
}

/// Which port a program listens at.
pub enum Port {
    /// One that it chooses when it is told port 0, and names on its standard output, as our own programs do. Set to
    /// false once a learner's program has turned out not to.
    Chosen(AtomicBool),
    /// One that it is told.
    Given,
    /// The usual one: there is no place for an address in its arguments.
    Usual,
}

impl Port {
    /// Whether the program is to be told port 0.
    pub fn is_dynamic(&self) -> bool {
        matches!(self, Port::Chosen(works) if works.load(Ordering::Relaxed))
    }

    /// From now on, the program is told a port.
    pub fn set_fixed(&self) {
        if let Port::Chosen(works) = self {
            works.store(false, Ordering::Relaxed);
        }
    }

    fn copy(&self) -> Port {
        match self {
            Port::Chosen(_) => Port::Chosen(AtomicBool::new(self.is_dynamic())),
            Port::Given => Port::Given,
            Port::Usual => Port::Usual,
        }
    }
}

impl Ready {
    fn executable(words: Vec<OsString>, port: Port) -> Ready {
        let forks = !matches!(port, Port::Chosen(_));
        Ready::Executable(Executable { words, port, forks })
    }

    /// Whether it can run several times at once: there is no port that all would take.
    pub fn runs_beside_itself(&self) -> bool {
        matches!(self, Ready::Executable(executable) if !matches!(executable.port, Port::Usual))
    }
}

impl Executable {
    /// The program, without its arguments.
    pub fn name(&self) -> String {
        Path::new(&self.words[0]).display().to_string()
    }

    /// The same with a file as its argument, where there is a place for one.
    pub fn with_file(&self, file: &Path) -> Option<Executable> {
        self.with(FILE, file.into())
    }

    /// The same with the address of a Redis as its argument, where there is a place for one.
    pub fn with_redis(&self, address: SocketAddr) -> Option<Executable> {
        self.with(REDIS, format!("redis://{address}").into())
    }

    /// Whether its arguments name a place for a Redis.
    pub fn names_redis(&self) -> bool {
        self.words.iter().any(|word| word == REDIS)
    }

    /// A program of this package may take one behind its address, though nobody says so.
    pub fn may_take_redis(&self) -> bool {
        matches!(self.port, Port::Chosen(_)) && !self.names_redis()
    }

    fn with(&self, place: &str, value: OsString) -> Option<Executable> {
        let mut words = self.words.clone();
        match words.iter_mut().find(|word| *word == place) {
            Some(word) => *word = value,
            None if self.may_take_redis() => words.push(value),
            None => return None,
        }
        let (port, forks) = (self.port.copy(), self.forks);
        Some(Executable { words, port, forks })
    }

    /// The command that starts it at an address.
    pub fn command(&self, address: SocketAddr) -> Command {
        let words: Vec<OsString> = self
            .words
            .iter()
            .filter(|word| *word != FILE && *word != REDIS)
            .cloned()
            .collect();
        let words = fill(&words, address);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }
}

impl Program {
    /// The learner's own.
    pub fn mine() -> Program {
        Program::Bin(learner::NAME.to_string())
    }

    /// Builds the program, if it is one of ours, and finds out how to start it.
    pub fn prepare(&self) -> Result<Ready, CouldNotTry> {
        match self {
            Program::Bin(name) => {
                let mut words = vec![build(name)?.into_os_string(), "{address}".into()];
                if name.starts_with("8-") {
                    words.push(REDIS.into()); // Ours takes one where the learner's may take a file, too.
                }
                Ok(Ready::executable(
                    words,
                    Port::Chosen(AtomicBool::new(true)),
                ))
            }
            Program::Command(words) if has_place_for_address(words) => {
                Ok(Ready::executable(words.clone(), Port::Given))
            }
            Program::Command(words) => {
                if TcpStream::connect(USUAL_ADDRESS).is_ok() {
                    return Err(CouldNotTry(format!(
                        "something listens at {USUAL_ADDRESS} already, where your server would have to: stop it first, or check it with --at {USUAL_ADDRESS}"
                    )));
                }
                Ok(Ready::executable(words.clone(), Port::Usual))
            }
            Program::At(address) => where_it_answers(address).map(Ready::Running),
        }
    }

    /// What to call it.
    pub fn name(&self) -> String {
        match self {
            Program::Bin(name) => name.clone(),
            Program::Command(words) => {
                let name = Path::new(&words[0]).file_stem().unwrap_or(&words[0]);
                name.to_string_lossy().into_owned()
            }
            Program::At(address) => address.clone(),
        }
    }

    /// Whether it is the learner's own, which `start` has begun.
    pub fn is_own(&self) -> bool {
        matches!(self, Program::Bin(name) if name == learner::NAME)
    }

    /// What to type behind `show` to see step `number`'s problem on this program.
    pub fn as_shown(&self, number: usize) -> String {
        match self {
            Program::Bin(name) if name.starts_with(&format!("{number}-")) => number.to_string(),
            Program::Bin(name) => format!("{number} --bin {name}"),
            other => format!("{number}{}", other.as_typed()),
        }
    }

    /// How the user names this program on the command line, to be pasted after `check N`.
    pub fn as_typed(&self) -> String {
        match self {
            _ if self.is_own() => String::new(),
            Program::Bin(name) => format!(" --bin {name}"),
            Program::Command(words) => {
                let words = words.iter().map(|word| for_shell(&word.to_string_lossy()));
                format!(" -- {}", words.collect::<Vec<_>>().join(" "))
            }
            Program::At(address) => format!(" --at {address}"),
        }
    }
}

/// A word as a shell takes it: in quotes, if it has another meaning without them.
fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "@%+=:,./_-{}~\\".contains(c);
    match word {
        word if !word.is_empty() && word.chars().all(is_plain) => word.to_string(),
        word if cfg!(windows) => format!("\"{word}\""),
        word => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The address that a name stands for: `localhost` may be two, and a server at one of them.
fn where_it_answers(name: &str) -> Result<SocketAddr, CouldNotTry> {
    let no_address = |reason| {
        CouldNotTry(format!(
            "'{name}' is not an address such as {USUAL_ADDRESS}: {reason}"
        ))
    };
    // What a port alone stands for, operating systems do not agree on.
    if let Some(meant) = meant_by(name) {
        return Err(no_address(meant));
    }
    let found: Vec<SocketAddr> = match name.to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(error) => return Err(no_address(error.to_string())),
    };
    let answers = |address: &&SocketAddr| connect(address, CONNECT_TIMEOUT).is_ok();
    found.iter().find(answers).copied().ok_or_else(|| {
        CouldNotTry(format!(
            "nothing listens at {name}: is your server running, and is that where it is?"
        ))
    })
}

/// What stands in a command where the file of its accounts belongs, if it is to have one.
const FILE: &str = "{file}";

/// The same for the Redis that several servers share.
const REDIS: &str = "{redis}";

/// What stands in a command where the address, or a part of it, belongs.
const PLACES: [&str; 3] = ["{address}", "{host}", "{port}"];

fn has_place_for_address(words: &[OsString]) -> bool {
    let has_place = |word: &str| PLACES.iter().any(|place| word.contains(place));
    words.iter().filter_map(|word| word.to_str()).any(has_place)
}

/// Puts the address into the places that a command has for it.
fn fill(words: &[OsString], address: SocketAddr) -> Vec<OsString> {
    let values = [
        address.to_string(),
        address.ip().to_string(),
        address.port().to_string(),
    ];
    let fill_one = |word: &OsString| match word.to_str() {
        Some(word) => {
            let places = PLACES.iter().zip(&values);
            places
                .fold(word.to_string(), |word, (place, value)| {
                    word.replace(place, value)
                })
                .into()
        }
        None => word.clone(),
    };
    words.iter().map(fill_one).collect()
}
