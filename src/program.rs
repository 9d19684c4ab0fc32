//! The program under test: building it, starting it, hearing what it prints, stopping it.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread;
use std::time::{Duration, Instant};

use crate::stage::{Report, Reported};
use crate::start;

/// Where a command is expected that cannot be told an address.
pub const USUAL_ADDRESS: &str = "127.0.0.1:1337";
/// A longer line of the program's output is cut into pieces of this many bytes.
const LINE_LIMIT: u64 = 1024;

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
    /// `words` is the command; `fixed` is set if it has no place for an address in it.
    Executable {
        words: Vec<OsString>,
        fixed: bool,
        forks: bool,
    },
    Running(SocketAddr),
}

/// Why nothing could be tried: the command ends with status 2.
pub struct CouldNotTry(pub String);

impl Program {
    /// Builds the program, if it is one of ours, and finds out how to start it.
    pub fn prepare(&self) -> Result<Ready, CouldNotTry> {
        match self {
            Program::Bin(name) => {
                let path = build(name)?;
                let words = vec![path.into_os_string(), OsString::from("{address}")];
                Ok(Ready::Executable {
                    words,
                    fixed: false,
                    forks: false,
                })
            }
            Program::Command(words) => {
                let fixed = fill(words, "a", "b", "c") == *words;
                if fixed && TcpStream::connect(USUAL_ADDRESS).is_ok() {
                    return Err(CouldNotTry(format!(
                        "something listens at {USUAL_ADDRESS} already, where your server would have to: stop it first, or check it with --at {USUAL_ADDRESS}"
                    )));
                }
                Ok(Ready::Executable {
                    words: words.clone(),
                    fixed,
                    forks: true,
                })
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
        matches!(self, Program::Bin(name) if name == "mine")
    }

    /// How the user names this program on the command line, to be pasted after `check N`.
    pub fn as_typed(&self) -> String {
        match self {
            _ if self.is_own() => String::new(),
            Program::Bin(name) => format!(" --bin {name}"),
            Program::Command(words) => {
                let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
                format!(" -- {}", words.join(" "))
            }
            Program::At(address) => format!(" --at {address}"),
        }
    }
}

/// The address that a name stands for: `localhost` may be two, and a server at one of them.
fn where_it_answers(name: &str) -> Result<SocketAddr, CouldNotTry> {
    const KNOCK: Duration = Duration::from_secs(1);
    let found: Vec<SocketAddr> = match name.to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(error) => {
            return Err(CouldNotTry(format!(
                "'{name}' is not an address such as 127.0.0.1:1337: {error}"
            )));
        }
    };
    let answers = |address: &&SocketAddr| connect(address, KNOCK).is_ok();
    found.iter().find(answers).copied().ok_or_else(|| {
        CouldNotTry(format!(
            "nothing listens at {name}: is your server running, and is that where it is?"
        ))
    })
}

/// The folder of this package: where `cargo build` works, and `src/bin/mine` belongs.
pub fn package_folder() -> PathBuf {
    let built_in = env!("CARGO_MANIFEST_DIR");
    env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(built_in), PathBuf::from)
}

/// Builds one program of this package with cargo, whose messages go to stderr as they are.
fn build(name: &str) -> Result<PathBuf, CouldNotTry> {
    if name == "mine" && !start::has_begun() {
        return Err(CouldNotTry(
            "you have no program of your own yet. Start with: cargo run -- start 1".to_string(),
        ));
    }
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "build",
        "--quiet",
        "--message-format=json-render-diagnostics",
        "--bin",
        name,
    ]);
    cargo
        .arg("--manifest-path")
        .arg(package_folder().join("Cargo.toml"));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = match cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output() {
        Ok(output) => output,
        Err(error) => {
            return built_before(name)
                .ok_or_else(|| CouldNotTry(format!("cannot run cargo to build {name}: {error}")));
        }
    };
    if !output.status.success() {
        return Err(CouldNotTry(format!(
            "{name} did not build: the compiler says why, above"
        )));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    messages
        .lines()
        .find_map(executable)
        .or_else(|| built_before(name))
        .ok_or_else(|| CouldNotTry(format!("cargo built {name}, but did not say where")))
}

/// The path in one of cargo's JSON messages, if it is about a program.
fn executable(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once("\"executable\":\"")?;
    let mut path = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some(PathBuf::from(path)),
            '\\' => path.push(characters.next()?),
            c => path.push(c),
        }
    }
}

/// A program that lies beside this one: what is left where there is no cargo.
fn built_before(name: &str) -> Option<PathBuf> {
    let path = env::current_exe()
        .ok()?
        .with_file_name(format!("{name}{}", env::consts::EXE_SUFFIX));
    path.exists().then_some(path)
}

/// Puts the address into the places that a command has for it.
fn fill(words: &[OsString], address: &str, host: &str, port: &str) -> Vec<OsString> {
    let fill_one = |word: &OsString| match word.to_str() {
        Some(word) => OsString::from(
            word.replace("{address}", address)
                .replace("{host}", host)
                .replace("{port}", port),
        ),
        None => word.clone(),
    };
    words.iter().map(fill_one).collect()
}

/// A server that was started, or was there before. It is stopped when it is dropped.
pub struct Server {
    /// Where its clients connect.
    pub address: SocketAddr,
    child: Option<Child>,
    forks: bool,
}

impl Server {
    /// Starts the program on a free port, and passes on what it prints as reports.
    pub fn start(ready: &Ready, reports: &SyncSender<Report>) -> Result<Server, CouldNotTry> {
        let (words, fixed, forks) = match ready {
            Ready::Running(address) => {
                return Ok(Server {
                    address: *address,
                    child: None,
                    forks: false,
                });
            }
            Ready::Executable {
                words,
                fixed,
                forks,
            } => (words, *fixed, *forks),
        };
        let address = if fixed {
            USUAL_ADDRESS.parse().ok()
        } else {
            free_address()
        };
        let address: SocketAddr =
            address.ok_or_else(|| CouldNotTry("there is no free port on 127.0.0.1".to_string()))?;
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let words = fill(words, &address.to_string(), &host, &port);
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                CouldNotTry(format!(
                    "cannot run '{}': {error}",
                    Path::new(&words[0]).display()
                ))
            })?;
        if let Some(stdout) = child.stdout.take() {
            report_lines(stdout, reports, Reported::Printed);
        }
        if let Some(stderr) = child.stderr.take() {
            report_lines(stderr, reports, Reported::Complained);
        }
        Ok(Server {
            address,
            child: Some(child),
            forks,
        })
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut()?.try_wait().ok()?
    }

    /// Its processes, as far as they are ours; what does the work comes last.
    pub fn processes(&self) -> Vec<u32> {
        let mut found: Vec<u32> = self.child.iter().map(Child::id).collect();
        if self.forks {
            let all = processes();
            let children = found.iter().flat_map(|own| descendants(*own, &all));
            let children: Vec<u32> = children.collect();
            found.extend(children);
        }
        found
    }

    /// Whether it runs without us: others may talk to it too.
    pub fn is_shared(&self) -> bool {
        self.child.is_none()
    }
}

impl Server {
    /// Ends it, if it is ours. What it has printed is still to be heard.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            if self.forks {
                stop_children_of(child.id());
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One attempt to connect to a server.
pub fn connect(address: &SocketAddr, limit: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(address, limit)?;
    // On a free port, a client can by chance connect to itself.
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}

/// An address that nobody listens on: the system chose the port.
fn free_address() -> Option<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .ok()
}

/// Reads what the program prints, for as long as it prints, so that it never has to wait for us.
fn report_lines(
    output: impl Read + Send + 'static,
    reports: &SyncSender<Report>,
    what: fn(Vec<u8>) -> Reported,
) {
    let reports = reports.clone();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let mut line = Vec::new();
            match output
                .by_ref()
                .take(LINE_LIMIT)
                .read_until(b'\n', &mut line)
            {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
            // A program that prints without end fills the channel: what no longer fits is lost.
            let report = Report {
                at: Instant::now(),
                what: what(line),
            };
            if let Err(TrySendError::Disconnected(_)) = reports.try_send(report) {
                return;
            }
        }
        let _ = reports.send(Report {
            at: Instant::now(),
            what: Reported::OutputEnded,
        });
    });
}

/// Stops what a command has started, and what that has started, where the system tells us.
fn stop_children_of(process: u32) {
    if cfg!(windows) {
        let mut taskkill = Command::new("taskkill");
        taskkill.args(["/T", "/F", "/PID", &process.to_string()]);
        run_silently(taskkill);
        return;
    }
    let descendants = descendants(process, &processes());
    if !descendants.is_empty() {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -KILL \"$@\"", "sh", &process.to_string()]);
        kill.args(descendants.iter().map(u32::to_string));
        run_silently(kill);
    }
}

fn run_silently(mut command: Command) {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        return;
    };
    let deadline = Instant::now() + Duration::from_secs(2);
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// All that stem from a process: its children, theirs, and so on.
fn descendants(process: u32, processes: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![process];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        let children = processes
            .iter()
            .filter(|(_, its)| *its == parent)
            .map(|(child, _)| *child);
        found.extend(children);
        next += 1;
    }
    found.split_off(1)
}

/// Every process and its parent: from /proc, or else from ps.
fn processes() -> Vec<(u32, u32)> {
    let Ok(folders) = std::fs::read_dir("/proc") else {
        return processes_by_ps();
    };
    let process = |name: OsString| {
        let process: u32 = name.to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // Behind the name, in brackets, come the state and the parent.
        let parent = stat
            .rsplit_once(')')?
            .1
            .split_whitespace()
            .nth(1)?
            .parse()
            .ok()?;
        Some((process, parent))
    };
    folders
        .flatten()
        .filter_map(|folder| process(folder.file_name()))
        .collect()
}

fn processes_by_ps() -> Vec<(u32, u32)> {
    let Ok(output) = Command::new("ps")
        .args(["-A", "-o", "pid=", "-o", "ppid="])
        .output()
    else {
        return Vec::new();
    };
    let pair = |line: &str| {
        let mut numbers = line.split_whitespace();
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(pair)
        .collect()
}
