//! The system calls that a server's threads are blocked in, from Linux's `/proc`: `main in accept,
//! 1 thread in read(alice)`. Anything uncertain is omitted.

use std::cell::Cell;
use std::env::consts::ARCH;
use std::fmt::{self, Display, Formatter};
use std::fs;

use crate::os::processes::numbers_in;
use crate::os::sockets::{self, Socket};

/// A thread, and the call that it is blocked in.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadState {
    pub role: Role,
    /// The name that the program gave it.
    pub name: Option<String>,
    pub call: Call,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// The first thread of the server.
    Main,
    /// The first thread of a further process.
    Process,
    Thread,
}

/// What a thread is blocked in.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    Accept,
    Connect,
    /// From a socket, with the client's name if it is one of ours.
    Read(Option<String>),
    /// To a socket.
    Write(Option<String>),
    /// For one descriptor or several.
    Poll,
    /// For several descriptors, of which this many are connections to clients of ours.
    PollClients(usize),
    /// A mutex of Rust's std, or perhaps a condition variable.
    LockOrCondition,
    /// The end of a thread.
    Join,
    /// A lock, a join or a channel.
    OtherThread,
    /// The end of a process.
    OtherProcess,
    Sleep,
    /// In none.
    Running,
}

/// The kinds of system calls that matter.
#[derive(Clone, Copy)]
enum Kind {
    Read,
    Write,
    Accept,
    Connect,
    Poll,
    Epoll,
    Futex,
    Sleep,
    Wait,
}

/// The numbers of the system calls on x86-64, and on aarch64.
const CALLS: [(Kind, &[u64], &[u64]); 9] = [
    // read, readv, recvfrom, recvmsg
    (Kind::Read, &[0, 19, 45, 47], &[63, 65, 207, 212]),
    // write, writev, sendto, sendmsg
    (Kind::Write, &[1, 20, 44, 46], &[64, 66, 206, 211]),
    // accept, accept4
    (Kind::Accept, &[43, 288], &[202, 242]),
    (Kind::Connect, &[42], &[203]),
    // poll, ppoll, select, pselect6
    (Kind::Poll, &[7, 271, 23, 270], &[73, 72]),
    // epoll_wait, epoll_pwait, epoll_pwait2
    (Kind::Epoll, &[232, 281, 441], &[22, 441]),
    (Kind::Futex, &[202], &[98]),
    // nanosleep, clock_nanosleep
    (Kind::Sleep, &[35, 230], &[101, 115]),
    // wait4, waitid
    (Kind::Wait, &[61, 247], &[260, 95]),
];

/// The threads of some processes; `name_of` finds the name of a client of ours by its port. None if
/// the operating system does not list them.
pub fn threads(
    processes: &[u32],
    name_of: impl Fn(u16) -> Option<String>,
) -> Option<Vec<ThreadState>> {
    let numbered = numbered(processes, &mut Vec::new(), name_of)?;
    Some(numbered.into_iter().map(|(_, thread)| thread).collect())
}

/// The same with each thread's number, by which it is recognised later. Listing all sockets takes
/// Linux milliseconds, so `known` keeps them from one call to the next.
pub fn numbered(
    processes: &[u32],
    known: &mut Vec<Socket>,
    name_of: impl Fn(u16) -> Option<String>,
) -> Option<Vec<(u32, ThreadState)>> {
    if !cfg!(target_os = "linux") {
        return None; // Wine has the files, but numbers processes otherwise.
    }
    let (mut found, mut is_complete) = sample(processes, known, &name_of);
    if !is_complete {
        known.clear();
    }
    let mut tables = sockets::tables();
    while !is_complete && let Some(table) = tables.next() {
        known.extend(table);
        (found, is_complete) = sample(processes, known, &name_of);
    }
    let mut roles = found.iter_mut().map(|(_, thread)| &mut thread.role);
    if let Some(first) = roles.find(|role| **role == Role::Process) {
        *first = Role::Main;
    }
    (!found.is_empty()).then_some(found)
}

/// The threads, and whether these sockets include all of theirs.
fn sample(
    processes: &[u32],
    sockets: &[Socket],
    name_of: &impl Fn(u16) -> Option<String>,
) -> (Vec<(u32, ThreadState)>, bool) {
    let is_unknown = Cell::new(false);
    let processes = processes.iter().map(|number| Process {
        number: *number,
        sockets,
        is_unknown: &is_unknown,
        name_of,
    });
    let found = processes.flat_map(|process| process.threads()).collect();
    (found, !is_unknown.get())
}

/// `main in accept, 2 threads in read(alice)`; none if there are no threads.
pub fn sentence(threads: &[ThreadState]) -> Option<String> {
    let mut groups: Vec<(&ThreadState, usize)> = Vec::new();
    for thread in threads {
        match groups.iter_mut().find(|(other, _)| *other == thread) {
            Some((_, count)) => *count += 1,
            None => groups.push((thread, 1)),
        }
    }
    let parts = groups.iter().map(|(thread, count)| thread.in_words(*count));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

impl ThreadState {
    /// This many threads, and the call that each of them is in.
    fn in_words(&self, count: usize) -> String {
        let noun = match (self.role, count) {
            (Role::Main, _) => return format!("main {}", self.call),
            (Role::Process, 1) => "process",
            (Role::Process, _) => "processes",
            (Role::Thread, 1) => "thread",
            (Role::Thread, _) => "threads",
        };
        let name = self
            .name
            .as_ref()
            .map_or(String::new(), |name| format!("{name} "));
        format!("{count} {name}{noun} {}", self.call)
    }
}

/// What follows the name of a thread. To decide anything, match on the call.
impl Display for Call {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(match self {
            Call::Accept => "in accept",
            Call::Connect => "in connect",
            Call::Read(None) => "in read",
            Call::Write(None) => "in write",
            Call::Poll => "waiting for a descriptor to be ready",
            Call::LockOrCondition => "waiting for a lock (or a condition variable)",
            Call::Join => "waiting for a thread to end",
            Call::OtherThread => "waiting for another thread (a lock, a join or a channel)",
            Call::OtherProcess => "waiting for a process to end",
            Call::Sleep => "asleep",
            Call::Running => "running",
            Call::Read(Some(client)) => return write!(f, "in read({client})"),
            Call::Write(Some(client)) => return write!(f, "in write({client})"),
            Call::PollClients(1) => "waiting for one connection",
            Call::PollClients(count) => {
                return write!(f, "waiting for any of {count} connections");
            }
        })
    }
}

/// A process whose threads are sampled.
struct Process<'a, N> {
    number: u32,
    sockets: &'a [Socket],
    /// Set once a descriptor stands for a socket that is not among them.
    is_unknown: &'a Cell<bool>,
    name_of: &'a N,
}

impl<N: Fn(u16) -> Option<String>> Process<'_, N> {
    fn threads(&self) -> Vec<(u32, ThreadState)> {
        let numbers = self.thread_numbers();
        numbers
            .into_iter()
            .filter_map(|number| Some((number, self.thread(number)?)))
            .collect()
    }

    fn thread_numbers(&self) -> Vec<u32> {
        let mut numbers = numbers_in(&format!("/proc/{}/task", self.number));
        numbers.sort_unstable();
        numbers
    }

    fn thread(&self, thread: u32) -> Option<ThreadState> {
        let line = self.read(thread, "syscall")?;
        let call = self.call(&line)?;
        // If it has gone on meanwhile, its arguments may mean something else.
        let is_same = call == Call::Running || self.read(thread, "syscall")? == line;
        let is_first = thread == self.number;
        is_same.then_some(ThreadState {
            role: if is_first {
                Role::Process
            } else {
                Role::Thread
            },
            name: self.name(thread),
            call,
        })
    }

    fn read(&self, thread: u32, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/{}/task/{thread}/{file}", self.number)).ok()
    }

    /// The name of a thread. One that was given none has that of the first.
    fn name(&self, thread: u32) -> Option<String> {
        let name = self.read(thread, "comm")?;
        (name != self.read(self.number, "comm")?).then(|| name.trim().to_string())
    }

    /// Parses a line such as `288 0x3 0x0 …`: the number of a call, its six arguments, and the
    /// stack.
    fn call(&self, line: &str) -> Option<Call> {
        if line.trim() == "running" {
            return Some(Call::Running);
        }
        let (number, rest) = line.split_once(" 0x")?;
        let words = rest.split(" 0x").map(str::trim);
        let arguments = words.map(|word| u64::from_str_radix(word, 16));
        let arguments: Vec<u64> = arguments.collect::<Result<_, _>>().ok()?;
        let [.., stack, _] = arguments[..] else {
            return None;
        };
        // A program of 32 bits, whose stack is within 4 GiB, has other numbers.
        let kind = kind(number.parse().ok()?).filter(|_| stack >> 32 != 0)?;
        self.call_of_kind(kind, &arguments)
    }

    fn call_of_kind(&self, kind: Kind, arguments: &[u64]) -> Option<Call> {
        let &[first, second, third, fourth, ..] = arguments else {
            return None;
        };
        Some(match kind {
            Kind::Read => Call::Read((self.name_of)(self.remote_port(first)?)),
            Kind::Write => Call::Write((self.name_of)(self.remote_port(first)?)),
            Kind::Accept => Call::Accept,
            Kind::Connect => Call::Connect,
            Kind::Poll => Call::Poll,
            Kind::Epoll => self.polled(first),
            Kind::Futex => return self.futex(second, third & 0xffff_ffff, fourth),
            Kind::Sleep => Call::Sleep,
            // A shell that has started the server is no part of it.
            Kind::Wait if sockets::inodes(self.number).is_empty() => return None,
            Kind::Wait => Call::OtherProcess,
        })
    }

    /// The port at the other end of a TCP socket.
    fn remote_port(&self, descriptor: u64) -> Option<u16> {
        let inode = sockets::inode_of(self.number, descriptor)?;
        let socket = self.sockets.iter().find(|socket| socket.inode == inode);
        self.is_unknown
            .set(self.is_unknown.get() || socket.is_none());
        Some(socket?.remote_port)
    }

    /// What an epoll descriptor stands for.
    fn polled(&self, descriptor: u64) -> Call {
        let info = fs::read_to_string(format!("/proc/{}/fdinfo/{descriptor}", self.number));
        let info = info.unwrap_or_default();
        let lines = info.lines().filter_map(|line| line.strip_prefix("tfd:"));
        let descriptors = lines.filter_map(|line| line.split_whitespace().next()?.parse().ok());
        let ports = descriptors.filter_map(|descriptor| self.remote_port(descriptor));
        match ports.filter_map(self.name_of).count() {
            0 => Call::Poll,
            count => Call::PollClients(count),
        }
    }

    /// What a thread in a futex waits for. None if it has a timeout: it may just wait for a time.
    fn futex(&self, operation: u64, value: u64, timeout: u64) -> Option<Call> {
        const WAIT: u64 = 0;
        const WAIT_BITSET: u64 = 9;
        const PRIVATE: u64 = 128;
        const CLOCK: u64 = 256;
        let waits = [WAIT, WAIT_BITSET].contains(&(operation & !PRIVATE & !CLOCK));
        if timeout != 0 || !waits {
            return None;
        }
        Some(match value {
            // std's mutex waits on value 2; a condvar counter can also happen to be 2.
            2 if operation == WAIT_BITSET | PRIVATE => Call::LockOrCondition,
            // A join waits for the number of the thread to become 0.
            _ if operation & PRIVATE == 0 && self.has_thread(value) => Call::Join,
            _ => Call::OtherThread,
        })
    }

    fn has_thread(&self, number: u64) -> bool {
        fs::exists(format!("/proc/{}/task/{number}", self.number)).unwrap_or(false)
    }
}

fn kind(number: u64) -> Option<Kind> {
    let has_number = |(_, x86_64, aarch64): &&(Kind, &[u64], &[u64])| match ARCH {
        "x86_64" => x86_64.contains(&number),
        "aarch64" => aarch64.contains(&number),
        _ => false,
    };
    CALLS.iter().find(has_number).map(|(kind, ..)| *kind)
}
