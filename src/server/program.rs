//! The program that the user names, and how to start it.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::course::learner;
use crate::error::CouldNotTry;
use crate::os::sockets::{CONNECT_TIMEOUT, connect, port_hint};
use crate::server::build::build;

/// Where a server must listen if its command has no placeholder for an address.
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

/// A program that has been built or found, and can be started repeatedly.
pub enum Ready {
    Executable(Executable),
    Running(SocketAddr),
}

/// A program to be started, with its arguments.
#[derive(Clone)]
pub struct Executable {
    words: Vec<OsString>,
    /// Not a program of this package: it may be a shell or similar, whose children do the work.
    pub forks: bool,
}

impl Ready {
    /// Whether it can run several times at once: each gets its own port.
    pub fn can_run_in_parallel(&self) -> bool {
        matches!(self, Ready::Executable(executable) if executable.takes_address())
    }
}

impl Executable {
    /// The program, without its arguments.
    pub fn name(&self) -> String {
        Path::new(&self.words[0]).display().to_string()
    }

    /// Whether it has a placeholder for an address. Without one, it must use the usual address.
    pub fn takes_address(&self) -> bool {
        let has_place = |word: &str| PLACES.iter().any(|place| word.contains(place));
        self.words
            .iter()
            .filter_map(|word| word.to_str())
            .any(has_place)
    }

    /// The same with a file as an argument, if it takes one.
    pub fn with_file(&self, file: &Path) -> Option<Executable> {
        self.with(FILE, file.into())
    }

    /// The same with the address of a Redis as an argument, if it takes one.
    pub fn with_redis(&self, address: SocketAddr) -> Option<Executable> {
        self.with(REDIS, format!("redis://{address}").into())
    }

    /// Whether its arguments have a placeholder for a Redis.
    pub fn has_redis_placeholder(&self) -> bool {
        self.words.iter().any(|word| word == REDIS)
    }

    /// A program of this package may take one after its address, without a placeholder.
    pub fn may_take_redis(&self) -> bool {
        !self.forks && !self.has_redis_placeholder()
    }

    fn with(&self, place: &str, value: OsString) -> Option<Executable> {
        let mut other = self.clone();
        match other.words.iter_mut().find(|word| *word == place) {
            Some(word) => *word = value,
            None if self.may_take_redis() => other.words.push(value),
            None => return None,
        }
        Some(other)
    }

    /// The command that starts it at an address, with its output in pipes.
    pub fn command(&self, address: SocketAddr) -> Command {
        let filled = self
            .words
            .iter()
            .filter(|word| *word != FILE && *word != REDIS);
        let mut filled = filled.map(|word| fill(word, address));
        let mut command = Command::new(filled.next().unwrap_or_default());
        command.args(filled).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Program {
    /// The learner's own.
    pub fn mine() -> Program {
        Program::Bin(learner::NAME.to_string())
    }

    /// Builds the program, if it is one of ours, and determines how to start it.
    pub fn prepare(&self) -> Result<Ready, CouldNotTry> {
        let executable = match self {
            Program::Bin(name) => {
                let mut words = vec![build(name)?.into_os_string(), "{address}".into()];
                // The learner's program may take a file there: only ours is sure to take a Redis.
                words.extend(name.starts_with("8-").then(|| REDIS.into()));
                Executable {
                    words,
                    forks: false,
                }
            }
            Program::Command(words) => Executable {
                words: words.clone(),
                forks: true,
            },
            Program::At(address) => return resolve(address).map(Ready::Running),
        };
        if !executable.takes_address() && TcpStream::connect(USUAL_ADDRESS).is_ok() {
            return Err(CouldNotTry(format!(
                "something listens at {USUAL_ADDRESS} already, where your server would have to: \
                 stop it first, or check it with --at {USUAL_ADDRESS}"
            )));
        }
        Ok(Ready::Executable(executable))
    }

    /// Its name in output.
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

    /// Whether it is the learner's own.
    pub fn is_own(&self) -> bool {
        matches!(self, Program::Bin(name) if name == learner::NAME)
    }

    /// Arguments of `show` for step `number`'s problem on this program.
    pub fn as_shown(&self, number: usize) -> String {
        match self {
            Program::Bin(name) if name.starts_with(&format!("{number}-")) => number.to_string(),
            Program::Bin(name) => format!("{number} --bin {name}"),
            other => format!("{number}{}", other.as_typed()),
        }
    }

    /// How the user names this program after `check N`.
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

/// Quotes a word for a shell, if needed.
fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "@%+=:,./_-{}~\\".contains(c);
    match word {
        word if !word.is_empty() && word.chars().all(is_plain) => word.to_string(),
        word if cfg!(windows) => format!("\"{word}\""),
        word => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The address that a server answers at: `localhost` may resolve to two, with a server at one.
fn resolve(name: &str) -> Result<SocketAddr, CouldNotTry> {
    let no_address = |reason| {
        CouldNotTry(format!(
            "'{name}' is not an address such as {USUAL_ADDRESS}: {reason}"
        ))
    };
    // Operating systems do not agree on what a port alone means.
    if let Some(meant) = port_hint(name) {
        return Err(no_address(meant));
    }
    let found: Vec<SocketAddr> = match name.to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(error) => return Err(no_address(error.to_string())),
    };
    let answers = |address: &&SocketAddr| connect(address, CONNECT_TIMEOUT).is_ok();
    found.iter().find(answers).copied().ok_or_else(|| {
        CouldNotTry(format!(
            "nothing listens at {name}: is your server running, and is that its address?"
        ))
    })
}

/// The placeholder for the accounts file.
const FILE: &str = "{file}";
/// The placeholder for the Redis that several servers share.
const REDIS: &str = "{redis}";
/// The placeholders for the address, or a part of it.
const PLACES: [&str; 3] = ["{address}", "{host}", "{port}"];

/// Replaces the placeholders for the address in a word.
fn fill(word: &OsString, address: SocketAddr) -> OsString {
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let values = [address.to_string(), host, port];
    let Some(text) = word.to_str() else {
        return word.clone();
    };
    let places = PLACES.iter().zip(&values);
    places
        .fold(text.to_string(), |text, (place, value)| {
            text.replace(place, value)
        })
        .into()
}
