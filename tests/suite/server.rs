//! A running step, and everything it prints.

#[cfg(target_os = "linux")]
mod linux;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use crate::client::Client;
use crate::step::Step;
use crate::wait::eventually;

/// A step that accepts connections.
pub struct Server {
    pub address: SocketAddr,
    program: Program,
    step: Step,
}

impl Server {
    /// Starts a step on a free port.
    pub fn start(step: Step) -> Self {
        Self::start_at(step, "127.0.0.1:0")
    }

    pub fn start_at(step: Step, address: &str) -> Self {
        Self::run(step, Command::new(step.program).arg(address))
    }

    /// Starts a step with this command.
    pub fn run(step: Step, command: &mut Command) -> Self {
        let program = Program::run(command);
        eventually("the first line on stdout", || !program.stdout.is_empty());
        let line = program.stdout.first();
        let address = line
            .strip_prefix("Listening on ")
            .and_then(|rest| rest.strip_suffix(" ..."))
            .and_then(|address| address.parse().ok())
            .unwrap_or_else(|| panic!("{} announces its address: {line:?}", step.name));
        Self {
            address,
            program,
            step,
        }
    }

    /// Connecting proves nothing: the kernel completes the handshake before `accept`.
    pub fn connect(&self, name: &'static str) -> Client {
        Client::connect(name, self.address)
    }

    /// Sends a line and waits for the answer. In a chat, lines of others may come before it.
    pub fn round_trip(&self, client: &mut Client) {
        client.send_line("hi");
        client.wait_for_line(&self.step.answer(client, "hi"));
    }

    #[cfg(unix)]
    pub fn process(&self) -> u32 {
        self.program.process()
    }

    /// Resident memory in bytes (Linux only).
    pub fn memory(&self) -> Option<usize> {
        let status = format!("/proc/{}/status", self.program.child.id());
        let status = fs::read_to_string(status).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    }

    /// The numbers of threads and of descriptors (Linux only).
    pub fn resources(&self) -> Option<[usize; 2]> {
        let count = |folder| {
            let entries = fs::read_dir(format!("/proc/{}/{folder}", self.program.child.id()));
            entries.expect("a running program's folder").count()
        };
        cfg!(target_os = "linux").then(|| ["task", "fd"].map(count))
    }

    /// Waits until it has as many threads and descriptors as before.
    pub fn wait_for_resources(&self, before: Option<[usize; 2]>) {
        let what = format!("{before:?} threads and descriptors");
        eventually(&what, || self.resources() == before);
    }

    /// The same, or fewer: a client may have been about to leave.
    pub fn wait_for_at_most(&self, before: Option<[usize; 2]>) {
        let what = format!("at most {before:?} threads and descriptors");
        let before = before.unwrap_or_default();
        let is_less = |now: [usize; 2]| now.iter().zip(before).all(|(now, before)| *now <= before);
        eventually(&what, || self.resources().is_none_or(is_less));
    }

    /// Waits for a line on stderr with these words.
    #[cfg(not(windows))]
    pub fn expect_stderr(&self, words: &str) {
        let matches = |line: &str| line.contains(words);
        eventually(words, || self.program.stderr.count(matches) > 0);
    }

    /// Everything printed so far.
    pub fn output(&self) -> String {
        let [stdout, stderr] = [&self.program.stdout, &self.program.stderr];
        [stdout.lines().join("\n"), stderr.lines().join("\n")].concat()
    }

    pub fn has_printed(&self, line: &str) -> bool {
        self.program.stdout.count(|printed| printed == line) > 0
    }

    /// Waits for this line on stdout.
    pub fn expect_stdout(&self, line: &str) {
        eventually(&format!("{line:?} on stdout"), || self.has_printed(line));
    }
}

/// The server must have survived the test.
impl Drop for Server {
    fn drop(&mut self) {
        let ended = self.program.child.try_wait();
        let runs = matches!(ended, Ok(None));
        assert!(runs || thread::panicking(), "the server ended: {ended:?}");
    }
}

/// A program that is killed on drop.
pub struct Program {
    child: Child,
    pub stdout: Output,
    pub stderr: Output,
    readers: Vec<JoinHandle<()>>,
}

impl Program {
    #[cfg(unix)]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn run(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let (stdout, stderr) = (Output::default(), Output::default());
        let readers = vec![
            stdout.collect(child.stdout.take().unwrap()),
            stderr.collect(child.stderr.take().unwrap()),
        ];
        Self {
            child,
            stdout,
            stderr,
            readers,
        }
    }
}

/// Leaves nothing running, and fails the test if the program has panicked.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        if thread::panicking() {
            eprintln!("Its stdout: {:#?}", self.stdout.lines());
            eprintln!("Its stderr: {:#?}", self.stderr.lines());
            return;
        }
        let panics = self.stderr.count(|line| line.contains("panicked at"));
        assert_eq!(panics, 0, "it panicked: {:#?}", self.stderr.lines());
    }
}

/// The lines printed so far.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<String>>>);

impl Output {
    /// Reads in the background, so that the program never blocks on a full pipe.
    fn collect(&self, pipe: impl Read + Send + 'static) -> JoinHandle<()> {
        let Self(lines) = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        })
    }

    pub fn is_empty(&self) -> bool {
        self.lines().is_empty()
    }

    pub fn first(&self) -> String {
        self.lines()[0].clone()
    }

    fn count(&self, is_counted: impl Fn(&str) -> bool) -> usize {
        self.lines().iter().filter(|line| is_counted(line)).count()
    }

    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap()
    }
}
