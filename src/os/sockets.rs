//! TCP sockets of this machine: connecting to one, and what the operating system lists.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::os::processes::numbers_in;

/// Whether the operating system lists the sockets of a process. Wine shows Linux's list, but
/// numbers processes anew.
pub const ARE_LISTED: bool = cfg!(target_os = "linux");
/// How long a machine may take to accept a connection, or to refuse it.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// An address on this machine.
pub fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// One attempt to connect to a server.
pub fn connect(address: &SocketAddr, limit: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(address, limit)?;
    // Where nothing listens, a client can by chance connect to itself.
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}

/// A hint for a user who named a port without a host.
pub fn meant_by(name: &str) -> Option<String> {
    let port: u16 = name.strip_prefix(':').unwrap_or(name).parse().ok()?;
    Some(format!("Did you mean 127.0.0.1:{port} or [::]:{port}?"))
}

/// Whether something listens at an address of this machine. Not for a server that is about to
/// listen there.
pub fn is_taken(address: SocketAddr) -> bool {
    // Listing all sockets can take long, and a connect disturbs the server.
    TcpListener::bind(address).is_err()
        && if ARE_LISTED {
            is_listed(address.port())
        } else {
            connect(&address, CONNECT_TIMEOUT).is_ok()
        }
}

/// A TCP socket of any process, as Linux lists it.
pub struct Socket {
    pub local_port: u16,
    pub remote_port: u16,
    pub is_listening: bool,
    /// Bytes written that the other end has not acknowledged.
    pub unsent: usize,
    /// Bytes that wait to be read.
    pub unread: usize,
    /// Its number, by which a process's descriptors name it.
    pub inode: u64,
}

/// A server that listens for IPv4 and IPv6 has its end of a connection in the second table.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];
/// The state of a socket that listens.
const LISTENING: &str = "0A";
/// The state of a connection in TIME-WAIT, which no process has any more.
const TIME_WAIT: &str = " 06 ";
/// About the length of a line of the first table.
const LINE: usize = 150;

/// All TCP sockets, a table at a time; none where the operating system does not list them. A table
/// can be long, with many connections in TIME-WAIT, and takes Linux milliseconds: read the second
/// only if the first was not enough.
pub fn tables() -> impl Iterator<Item = Vec<Socket>> {
    tables_with("")
}

/// The same of the lines that contain this text.
fn tables_with(part: &str) -> impl Iterator<Item = Vec<Socket>> {
    TABLES.iter().map(move |table| {
        let table = fs::read_to_string(table).unwrap_or_default();
        let is_relevant = |line: &&str| line.contains(part) && !line.contains(TIME_WAIT);
        table
            .lines()
            .filter(is_relevant)
            .filter_map(parse)
            .collect()
    })
}

/// Parses a line of a table. None for its heading.
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

/// The sockets that listen. Linux lists them first and takes milliseconds to find the others, so we
/// read line by line, up to the first of the others.
fn listeners() -> impl Iterator<Item = Socket> {
    let tables = TABLES.iter().filter(|_| ARE_LISTED);
    let files = tables.filter_map(|table| File::open(table).ok());
    files.flat_map(|file| {
        let lines = BufReader::with_capacity(LINE, file).lines().skip(1); // The heading.
        let sockets = lines.map_while(|line| parse(&line.ok()?));
        sockets.take_while(|socket| socket.is_listening)
    })
}

/// The ports at which some processes listen.
pub fn listening(processes: &[u32]) -> Vec<u16> {
    let inodes: Vec<u64> = processes.iter().copied().flat_map(inodes).collect();
    if inodes.is_empty() {
        return Vec::new();
    }
    let own = listeners().filter(|socket| inodes.contains(&socket.inode));
    own.map(|socket| socket.local_port).collect()
}

/// Whether the operating system lists a socket that listens at a port.
pub fn is_listed(port: u16) -> bool {
    listeners().any(|socket| socket.local_port == port)
}

/// Bytes that one end of a connection on this machine has written and the other end has not read:
/// those that wait at the writer, and those that wait at the reader.
pub fn unread(writer: u16, reader: u16) -> Option<usize> {
    let waiting = |socket: Socket| match (socket.local_port, socket.remote_port) {
        ports if ports == (writer, reader) => Some(socket.unsent),
        ports if ports == (reader, writer) => Some(socket.unread),
        _ => None,
    };
    let name = format!(":{reader:04X} ");
    let both = tables_with(&name).flatten().filter_map(waiting).take(2);
    both.reduce(|one, other| one + other)
}

/// The sockets among a process's descriptors.
pub fn inodes(process: u32) -> Vec<u64> {
    let descriptors = numbers_in(&format!("/proc/{process}/fd")).into_iter();
    descriptors
        .filter_map(|number| inode_of(process, number.into()))
        .collect()
}

/// The number of the socket behind a process's descriptor, if it is one.
pub fn inode_of(process: u32, descriptor: u64) -> Option<u64> {
    let target = fs::read_link(format!("/proc/{process}/fd/{descriptor}")).ok()?;
    let number = target.to_str()?.strip_prefix("socket:[")?;
    number.strip_suffix(']')?.parse().ok()
}
