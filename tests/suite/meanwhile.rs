//! What a server's threads wait in: the report on real servers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{self, Command};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::bugs::wrong_server;
use crate::os::threads::{Call, ThreadState, sentence, threads};
use crate::server::{Program, Server};
use crate::step;
use crate::wait::{WAIT, eventually};

/// Connected clients with names.
struct Clients(Vec<(&'static str, TcpStream)>);

impl Clients {
    fn connect(names: &[&'static str], server: SocketAddr) -> Clients {
        let connect = |name: &&'static str| (*name, TcpStream::connect(server).unwrap());
        Clients(names.iter().map(connect).collect())
    }

    fn stream(&self, name: &str) -> &TcpStream {
        &self.0.iter().find(|(of, _)| *of == name).unwrap().1
    }

    fn name_of(&self, port: u16) -> Option<String> {
        let is_its = |stream: &TcpStream| stream.local_addr().unwrap().port() == port;
        let found = self.0.iter().find(|(_, stream)| is_its(stream));
        found.map(|(name, _)| (*name).to_string())
    }

    /// Waits until the report on these processes is this one.
    fn expect_calls(&self, processes: &[u32], expected: &str) {
        let deadline = Instant::now() + WAIT;
        while self.now(processes).as_deref() != Some(expected) {
            let now = self.now(processes);
            assert!(Instant::now() < deadline, "{now:?} instead of {expected:?}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn now(&self, processes: &[u32]) -> Option<String> {
        sentence(&threads(processes, |port| self.name_of(port))?)
    }
}

/// Starts a server by a command, and finds its port.
fn run(command: &mut Command) -> (Program, SocketAddr) {
    let program = Program::run(command);
    let mut port = None;
    eventually("a server that listens", || {
        port = crate::os::sockets::listening(&[program.process()])
            .first()
            .copied();
        port.is_some()
    });
    (program, ([127, 0, 0, 1], port.unwrap()).into())
}

fn run_wrong(name: &str) -> (Program, SocketAddr) {
    run(Command::new(wrong_server()).args([name, "127.0.0.1:0"]))
}

#[test]
fn step_1_reads_from_one_client_and_accepts_no_other() {
    let server = Server::start(step::blocking());
    let processes = [server.process()];
    Clients(Vec::new()).expect_calls(&processes, "main in accept");
    let clients = Clients::connect(&["alice", "bob"], server.address);
    clients.expect_calls(&processes, "main in read(alice)");
}

#[test]
fn step_3_reads_from_each_in_a_thread() {
    let server = Server::start(step::broadcast());
    let clients = Clients::connect(&["alice", "bob"], server.address);
    clients.expect_calls(
        &[server.process()],
        "main in accept, 1 thread in read(alice), 1 thread in read(bob)",
    );
    let strangers = Clients(Vec::new());
    strangers.expect_calls(&[server.process()], "main in accept, 2 threads in read");
}

#[test]
fn step_6_writes_to_one_that_does_not_read() {
    let server = Server::start(step::names());
    let clients = Clients::connect(&["carol", "bob"], server.address);
    let mut bob = clients.stream("bob").try_clone().unwrap();
    let mut input = bob.try_clone().unwrap();
    thread::spawn(move || while matches!(input.read(&mut [0; 4096]), Ok(1..)) {});
    thread::spawn(move || {
        while bob
            .write_all(&[b'x'; 4000])
            .and_then(|()| bob.write_all(b"\n"))
            .is_ok()
        {}
    });
    clients.expect_calls(
        &[server.process()],
        "main in accept, 1 thread in read(carol), 1 thread in write(carol)",
    );
    for (_, stream) in &clients.0 {
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }
}

#[test]
fn locks_and_joins_are_reported() {
    let (program, address) = run_wrong("locks_across_read");
    let clients = Clients::connect(&["alice"], address);
    clients.expect_calls(
        &[program.process()],
        "main in accept, 1 thread in read(alice)",
    );
    let _others = Clients::connect(&["bob", "carol"], address);
    let lock = "waiting for a lock (or a condition variable)";
    clients.expect_calls(
        &[program.process()],
        &format!("main in accept, 1 thread in read(alice), 2 threads {lock}"),
    );

    let (program, address) = run_wrong("reads_before_spawning");
    let clients = Clients::connect(&["alice", "bob"], address);
    clients.expect_calls(&[program.process()], "main in read(alice)");

    let (program, address) = run_wrong("joins_each_thread");
    let clients = Clients::connect(&["alice", "bob"], address);
    clients.expect_calls(
        &[program.process()],
        "main waiting for a thread to end, 1 thread in read(alice)",
    );
}

#[test]
fn the_shell_that_started_the_server_is_left_out() {
    let script = "sh -c 'echo $$; exec \"$0\" 127.0.0.1:0 >&- 2>&-' \"$0\"; true";
    let program = step::blocking().program;
    let shell = Program::run(Command::new("sh").args(["-c", script, program]));
    eventually("its number", || !shell.stdout.is_empty());
    let server = Killed(shell.stdout.first().parse().unwrap());
    Clients(Vec::new()).expect_calls(&[shell.process(), server.0], "main in accept");
    Clients(Vec::new()).expect_calls(&[server.0, shell.process()], "main in accept");
}

/// A process to stop on drop.
struct Killed(u32);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.to_string()).status();
    }
}

#[test]
fn without_a_process_nothing_is_reported() {
    assert_eq!(threads(&[u32::MAX], |_| None), None);
    assert_eq!(threads(&[], |_| None), None);
    assert_eq!(sentence(&[]), None);
}

/// A server in Python.
#[test]
fn epoll_is_reported_as_a_wait_for_several_connections() {
    const SERVER: &str = "
import select, socket
listener = socket.create_server(('127.0.0.1', 0))
poll = select.epoll()
poll.register(listener, select.EPOLLIN)
clients = []
while True:
    for number, _ in poll.poll():
        if number == listener.fileno():
            clients.append(listener.accept()[0])
            poll.register(clients[-1], select.EPOLLIN)
";
    if Command::new("python3").arg("--version").output().is_err() {
        return println!("Not tried: no python3");
    }
    let (program, address) = run(Command::new("python3").args(["-c", SERVER]));
    let clients = Clients::connect(&["alice", "bob"], address);
    clients.expect_calls(
        &[program.process()],
        "main waiting for any of 2 connections",
    );
}

/// The call that a thread of this test waits in.
fn call_of(name: &str) -> Option<Call> {
    let all: Vec<ThreadState> = threads(&[process::id()], |_| None)?;
    let its = |thread: &ThreadState| thread.name.as_deref() == Some(name);
    all.into_iter().find(its).map(|thread| thread.call)
}

#[test]
fn waits_for_other_threads_are_reported_only_as_far_as_known() {
    let (sender, receiver) = mpsc::channel::<()>();
    let joined = thread::spawn(move || receiver.recv());
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let (of_lock, of_condition) = (Arc::clone(&pair), Arc::clone(&pair));
    let (channel, channel_end) = mpsc::channel::<()>();
    spawn("in-join", move || drop(joined.join()));
    spawn("in-channel", move || assert!(channel_end.recv().is_err()));
    spawn("in-sleep", || thread::sleep(Duration::from_secs(60)));
    spawn("in-timeout", || {
        thread::park_timeout(Duration::from_secs(60));
    });
    spawn("in-condition", move || {
        let (lock, condition) = &*of_condition;
        drop(condition.wait_while(lock.lock().unwrap(), |done| !*done));
    });
    expect_call("in-join", Some(&Call::Join));
    expect_call("in-channel", Some(&Call::OtherThread));
    expect_call("in-sleep", Some(&Call::Sleep));
    expect_call("in-condition", Some(&Call::OtherThread));
    for _ in 0..2 {
        pair.1.notify_all();
        eventually("the condition again", || call_of("in-condition").is_some());
    }
    expect_call("in-condition", Some(&Call::LockOrCondition));
    let guard = pair.0.lock().unwrap();
    spawn("in-lock", move || drop(of_lock.0.lock()));
    expect_call("in-lock", Some(&Call::LockOrCondition));
    expect_call("in-timeout", None);
    drop((guard, channel, sender));
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().name(name.to_string());
    thread.spawn(work).unwrap();
}

fn expect_call(name: &str, call: Option<&Call>) {
    eventually(&format!("{call:?} of {name}"), || {
        call_of(name).as_ref() == call
    });
}
