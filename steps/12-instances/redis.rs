//! Redis' protocol: a command goes out as a list of words, a reply comes back. Several commands may go out before the
//! first reply is read: they come back in the same order.

use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::str::FromStr;
use std::time::Duration;

/// How long Redis may take for an answer. After that, it is out of reach.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most bytes of a reply. A server that sends more is not the Redis that was asked.
const LARGEST: usize = 16 << 20;

/// How deep lists may stand in lists. What the step asks for has four.
const DEEPEST: usize = 8;

/// What an element of a list counts, beside its bytes.
const ELEMENT: usize = 32;

/// Where Redis is: `host:port`, or `redis://[:password@]host:port[/db]`.
#[derive(Clone)]
pub struct Target {
    pub address: String,
    password: Option<String>,
    database: Option<String>,
}

/// What Redis says. An error is an `io::Error`.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    Nothing,
    Text(String),
    List(Vec<Reply>),
}

pub struct Redis {
    stream: BufReader<TcpStream>,
    commands: Vec<u8>,
}

impl Target {
    pub fn parse(text: &str) -> Option<Target> {
        let rest = text.strip_prefix("redis://").unwrap_or(text);
        let (password, rest) = match rest.rsplit_once('@') {
            Some((password, rest)) => (Some(password.strip_prefix(':')?), rest),
            None => (None, rest),
        };
        let (address, database) = match rest.split_once('/') {
            Some((address, "")) => (address, None),
            Some((address, database)) => (address, Some(database)),
            None => (rest, None),
        };
        let (host, port) = address.rsplit_once(':')?;
        let is_whole = !host.is_empty() && port.parse::<u16>().is_ok();
        let has_number = database.is_none_or(|database| database.parse::<u32>().is_ok());
        (is_whole && has_number).then(|| Target {
            address: address.to_string(),
            password: password.map(str::to_string),
            database: database.map(str::to_string),
        })
    }
}

impl Redis {
    pub fn connect(target: &Target) -> io::Result<Redis> {
        let mut last = Error::other("no such host");
        for address in target.address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Redis::greet(stream, target),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn greet(stream: TcpStream, target: &Target) -> io::Result<Redis> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut redis = Redis {
            stream: BufReader::new(stream),
            commands: Vec::new(),
        };
        if let Some(password) = &target.password {
            redis.call(&["AUTH", password])?;
        }
        if let Some(database) = &target.database {
            redis.call(&["SELECT", database])?;
        }
        redis.call(&["PING"])?;
        Ok(redis)
    }

    /// One command, and its reply.
    pub fn call(&mut self, words: &[&str]) -> io::Result<Reply> {
        self.put(words);
        self.send()?;
        self.reply()
    }

    /// Adds a command to those that go out next.
    pub fn put(&mut self, words: &[&str]) {
        self.commands
            .extend(format!("*{}\r\n", words.len()).bytes());
        for word in words {
            self.commands
                .extend(format!("${}\r\n{word}\r\n", word.len()).bytes());
        }
    }

    pub fn send(&mut self) -> io::Result<()> {
        let sent = self.stream.get_ref().write_all(&self.commands);
        self.commands.clear();
        sent
    }

    /// The next reply.
    pub fn reply(&mut self) -> io::Result<Reply> {
        let reply = self.part(&mut LARGEST.clone(), DEEPEST);
        reply.map_err(|error| match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                Error::new(ErrorKind::TimedOut, "it does not answer")
            }
            _ => error,
        })
    }

    /// A reply, or an element of one. So many bytes are `left` for it, and so many lists in lists.
    fn part(&mut self, left: &mut usize, deeper: usize) -> io::Result<Reply> {
        let line = self.line(left)?;
        let (kind, rest) = line.split_at_checked(1).ok_or_else(foreign)?;
        match (kind, rest) {
            ("+" | ":", text) => Ok(Reply::Text(text.to_string())),
            ("-", error) => Err(Error::other(error)),
            ("$" | "*", "-1") => Ok(Reply::Nothing),
            ("$", length) => self.text(number(length)?, left),
            ("*", length) if deeper > 0 => {
                let length: usize = number(length)?;
                spend(left, length.saturating_mul(ELEMENT))?;
                (0..length)
                    .map(|_| self.part(left, deeper - 1))
                    .collect::<io::Result<_>>()
                    .map(Reply::List)
            }
            _ => Err(foreign()),
        }
    }

    /// A line, without its end.
    fn line(&mut self, left: &mut usize) -> io::Result<String> {
        let mut line = String::new();
        let most = u64::try_from(*left).unwrap_or(u64::MAX);
        spend(left, (&mut self.stream).take(most).read_line(&mut line)?)?;
        let end = line.strip_suffix("\r\n").ok_or_else(|| match line.len() {
            0 => ErrorKind::UnexpectedEof.into(),
            _ => foreign(),
        })?;
        Ok(end.to_string())
    }

    fn text(&mut self, length: usize, left: &mut usize) -> io::Result<Reply> {
        spend(left, length)?;
        let mut bytes = vec![0; length + "\r\n".len()];
        self.stream.read_exact(&mut bytes)?;
        bytes.truncate(length);
        String::from_utf8(bytes)
            .map(Reply::Text)
            .map_err(|_| foreign())
    }
}

impl Reply {
    pub fn text(&self) -> io::Result<&str> {
        match self {
            Reply::Text(text) => Ok(text),
            _ => Err(foreign()),
        }
    }

    /// The elements of a list; none of nothing.
    pub fn list(&self) -> io::Result<&[Reply]> {
        match self {
            Reply::List(list) => Ok(list),
            Reply::Nothing => Ok(&[]),
            Reply::Text(_) => Err(foreign()),
        }
    }

    /// A list in which each name is followed by its value.
    pub fn pairs(&self) -> io::Result<impl Iterator<Item = (&str, &str)>> {
        let texts = self.list()?.iter().map(Reply::text);
        let texts = texts.collect::<io::Result<Vec<_>>>()?;
        let pairs: Vec<_> = texts
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect();
        Ok(pairs.into_iter())
    }
}

pub fn number<T: FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| foreign())
}

fn spend(left: &mut usize, bytes: usize) -> io::Result<()> {
    *left = left
        .checked_sub(bytes)
        .ok_or_else(|| Error::other("a reply of more than 16 MiB"))?;
    Ok(())
}

/// What Redis would not say.
pub fn foreign() -> Error {
    Error::new(
        ErrorKind::InvalidData,
        "that is not what a Redis server says",
    )
}
