//! TCP sockets of this machine: connecting to one, and what the operating system tells of them all.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// One attempt to connect to a server.
pub fn connect(address: &SocketAddr, limit: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(address, limit)?;
    // At a port that nobody listens at, a client can by chance connect to itself.
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}

/// What somebody may have meant who named a port without a host.
pub fn meant_by(name: &str) -> Option<String> {
    let port: u16 = name.strip_prefix(':').unwrap_or(name).parse().ok()?;
    Some(format!("Did you mean 127.0.0.1:{port} or [::]:{port}?"))
}

/// A TCP socket of any process, as Linux lists it.
pub struct Socket {
    pub local_port: u16,
    pub remote_port: u16,
    pub is_listening: bool,
    /// The bytes that it has written and the other end has not acknowledged.
    pub unsent: usize,
    /// The bytes that wait to be read.
    pub unread: usize,
    /// Its number, by which a process's descriptors name it.
    pub inode: u64,
}

/// A server that listens for IPv4 and IPv6 has its end of a connection in the second table.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// The state of a socket that listens, as it stands in the list.
const LISTENING: &str = "0A";
/// A connection that was closed a moment ago, and is nobody's.
const CLOSED: &str = " 06 ";
/// As much as a line of the first table.
const LINE: usize = 150;

/// All TCP sockets, a table at a time; none where the operating system does not list them. A table may be long, with all
/// the connections that were closed a moment ago, and Linux takes milliseconds to write one: the second is read only if
/// the first was not enough.
pub fn tables() -> impl Iterator<Item = Vec<Socket>> {
    tables_with("")
}

/// The same of the sockets in whose lines this stands.
fn tables_with(part: &str) -> impl Iterator<Item = Vec<Socket>> {
    TABLES.iter().map(move |table| {
        let table = fs::read_to_string(table).unwrap_or_default();
        let is_open = |line: &&str| !line.contains(CLOSED);
        let lines = table
            .lines()
            .filter(|line| line.contains(part))
            .filter(is_open);
        lines.filter_map(parse).collect()
    })
}

/// One line of the table; its heading is none.
fn parse(line: &str) -> Option<Socket> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let port = |index: usize| u16::from_str_radix(fields.get(index)?.rsplit_once(':')?.1, 16).ok();
    let (unsent, unread) = fields.get(4)?.split_once(':')?;
    Some(Socket {
        local_port: port(1)?,
        remote_port: port(2)?,
        is_listening: *fields.get(3)? == LISTENING,
        unsent: usize::from_str_radix(unsent, 16).ok()?,
        unread: usize::from_str_radix(unread, 16).ok()?,
        inode: fields.get(9)?.parse().ok()?,
    })
}

/// The sockets that listen. Linux lists them first, and takes milliseconds to look for the others: it is asked for a line
/// at a time, and no further than the first of the others.
fn that_listen() -> impl Iterator<Item = Socket> {
    let files = TABLES.iter().filter_map(|table| File::open(table).ok());
    files.flat_map(|file| {
        let lines = BufReader::with_capacity(LINE, file).lines().skip(1); // The first is the heading.
        let sockets = lines.map_while(|line| parse(&line.ok()?));
        sockets.take_while(|socket| socket.is_listening)
    })
}

/// The ports at which some processes listen, as far as the operating system tells.
pub fn listening(processes: &[u32]) -> impl Iterator<Item = u16> + use<> {
    let inodes: Vec<u64> = processes.iter().copied().flat_map(inodes).collect();
    let sockets = (!inodes.is_empty()).then(that_listen).into_iter().flatten();
    let own = sockets.filter(move |socket| inodes.contains(&socket.inode));
    own.map(|socket| socket.local_port)
}

/// Whether the operating system tells that somebody listens at a port.
pub fn is_listed(port: u16) -> bool {
    that_listen().any(|socket| socket.local_port == port)
}

/// The processes that listen at a port, among these.
pub fn listeners(port: u16, processes: &[u32]) -> Vec<u32> {
    let sought = that_listen().filter(|socket| socket.local_port == port);
    let sought: Vec<u64> = sought.map(|socket| socket.inode).collect();
    if sought.is_empty() {
        return Vec::new();
    }
    let listens = |process: &u32| inodes(*process).iter().any(|inode| sought.contains(inode));
    processes.iter().copied().filter(listens).collect()
}

/// How many bytes one end of a connection on this machine has written that the other end has not read: those that
/// wait at the one, and those that wait at the other.
pub fn unread(from: u16, to: u16) -> Option<usize> {
    let waiting = |socket: &Socket| match (socket.local_port, socket.remote_port) {
        ports if ports == (from, to) => Some(socket.unsent),
        ports if ports == (to, from) => Some(socket.unread),
        _ => None,
    };
    let name = format!(":{to:04X} ");
    let both = tables_with(&name)
        .flatten()
        .filter_map(|socket| waiting(&socket))
        .take(2);
    both.reduce(|one, other| one + other)
}

/// The sockets among a process's descriptors.
pub fn inodes(process: u32) -> Vec<u64> {
    let Ok(folder) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return Vec::new();
    };
    let names = folder.flatten().map(|entry| entry.file_name());
    names
        .filter_map(|name| inode_of(process, name.to_str()?.parse().ok()?))
        .collect()
}

/// The number of the socket that a process's descriptor stands for, if it is one.
pub fn inode_of(process: u32, descriptor: u64) -> Option<u64> {
    let target = fs::read_link(format!("/proc/{process}/fd/{descriptor}")).ok()?;
    target
        .to_str()?
        .strip_prefix("socket:[")?
        .strip_suffix(']')?
        .parse()
        .ok()
}
