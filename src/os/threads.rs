//! What a server's threads wait in, as Linux tells of our own child processes: `main in accept, 1 thread in
//! read(alice)`. What cannot be told for sure is left out.

use std::cell::Cell;
use std::env::consts::ARCH;
use std::fs;

use crate::os::sockets::{self, Socket};

/// A thread that waits, or runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadState {
    pub role: Role,
    /// The name that the program has given it.
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

/// What a thread waits in.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    Accept,
    Connect,
    /// From a socket, with the client's name if it is one of ours.
    Read(Option<String>),
    /// To a socket.
    Write(Option<String>),
    /// One or several descriptors.
    Poll,
    /// Several descriptors, so many of them connections to clients of ours.
    PollClients(usize),
    LockOrCondition,
    Join,
    OtherThread,
    OtherProcess,
    Sleep,
    /// It does not wait.
    Running,
}

/// What kind of call a number stands for.
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

/// The numbers of the calls on x86-64, and on aarch64.
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

/// What the threads of some processes wait in; `name_of` knows our clients by their ports. None if the operating
/// system does not tell.
pub fn threads(
    processes: &[u32],
    name_of: impl Fn(u16) -> Option<String>,
) -> Option<Vec<ThreadState>> {
    let numbered = numbered(processes, &mut Vec::new(), name_of)?;
    Some(numbered.into_iter().map(|(_, thread)| thread).collect())
}

/// The same with the number of each thread, by which it is known again. To list all sockets takes Linux milliseconds, so
/// the known ones are kept for the next look.
pub fn numbered(
    processes: &[u32],
    known: &mut Vec<Socket>,
    name_of: impl Fn(u16) -> Option<String>,
) -> Option<Vec<(u32, ThreadState)>> {
    if !cfg!(target_os = "linux") {
        return None; // Wine has the files, but numbers processes otherwise.
    }
    let is_unknown = Cell::new(false);
    let look = |sockets: &[Socket]| -> Vec<(u32, ThreadState)> {
        let processes = processes.iter().map(|number| Process {
            number: *number,
            sockets,
            is_unknown: &is_unknown,
            name_of: &name_of,
        });
        processes.flat_map(|process| process.threads()).collect()
    };
    let mut found = look(known);
    if is_unknown.get() {
        known.clear();
        for table in sockets::tables() {
            known.extend(table);
            is_unknown.set(false);
            found = look(known);
            if !is_unknown.get() {
                break;
            }
        }
    }
    let mut firsts = found
        .iter_mut()
        .map(|(_, thread)| thread)
        .filter(|thread| thread.role == Role::Process);
    if let Some(first) = firsts.next() {
        first.role = Role::Main;
    }
    (!found.is_empty()).then_some(found)
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
    let parts = groups.iter().map(|(thread, count)| thread.words(*count));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

impl ThreadState {
    /// So many threads that do the same, and what they do.
    fn words(&self, count: usize) -> String {
        let plural = count > 1;
        let noun = match self.role {
            Role::Main => return format!("main {}", self.call.words()),
            Role::Process => ["process", "processes"][usize::from(plural)],
            Role::Thread => ["thread", "threads"][usize::from(plural)],
        };
        let name = self
            .name
            .as_ref()
            .map_or(String::new(), |name| format!("{name} "));
        format!("{count} {name}{noun} {}", self.call.words())
    }
}

impl Call {
    fn words(&self) -> String {
        let words = match self {
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
            Call::Read(Some(client)) => return format!("in read({client})"),
            Call::Write(Some(client)) => return format!("in write({client})"),
            Call::PollClients(1) => "waiting for one connection",
            Call::PollClients(count) => return format!("waiting for any of {count} connections"),
        };
        words.to_string()
    }
}

/// A process that is looked at.
struct Process<'a, N> {
    number: u32,
    sockets: &'a [Socket],
    /// There is one that is not among them.
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
        let Ok(folder) = fs::read_dir(format!("/proc/{}/task", self.number)) else {
            return Vec::new();
        };
        let numbers = folder
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        numbers
    }

    fn thread(&self, thread: u32) -> Option<ThreadState> {
        let line = self.read(thread, "syscall")?;
        let call = self.call(&line)?;
        // If it has gone on meanwhile, its arguments may stand for something else.
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

    /// The name of a thread; one that was given none has that of the first.
    fn name(&self, thread: u32) -> Option<String> {
        let name = self.read(thread, "comm")?;
        (name != self.read(self.number, "comm")?).then(|| name.trim().to_string())
    }

    /// What a line such as `288 0x3 0x0 …` stands for: a call's number, its six arguments, and the stack.
    fn call(&self, line: &str) -> Option<Call> {
        if line.trim() == "running" {
            return Some(Call::Running);
        }
        let (number, rest) = line.split_once(" 0x")?;
        let arguments = rest
            .split(" 0x")
            .map(|word| u64::from_str_radix(word.trim(), 16));
        let arguments: Vec<u64> = arguments.collect::<Result<_, _>>().ok()?;
        let [first, second, third, fourth, _, _, stack, _] = arguments[..] else {
            return None;
        };
        // A program of 32 bits, whose stack is within 4 GiB, has other numbers.
        let kind = kind(number.parse().ok()?).filter(|_| stack >> 32 != 0)?;
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

    /// What is behind the one descriptor that stands for many.
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

    /// What a thread waits for that waits for others; none if it may be waiting for a time.
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
            // This is how Rust waits for a mutex; but a condition variable counts, and may have come to 2.
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
