//! A Redis of the check's own, which several servers share.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;
use std::{env, fs, process, thread};

use crate::os::processes::Group;

/// How long it may take to start, and to reply.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many ports are tried.
const ATTEMPTS: usize = 5;
/// What it prints when it listens: with a capital R, or after "The server is now".
const READY: &str = "eady to accept connections";

const NOT_THERE: &str = "step 12 needs the program redis-server, of Redis 5 or newer. To get it:
    Debian, Ubuntu   sudo apt install redis-server
    Fedora           sudo dnf install redis
    macOS            brew install redis
    Windows          in WSL, as on Ubuntu";

/// A `redis-server` that keeps on disk whatever it has acknowledged. It is killed when it is
/// dropped.
pub struct Redis {
    pub address: SocketAddr,
    folder: PathBuf,
    running: Option<(Group, Child)>,
}

impl Redis {
    /// Whether there is such a program. We try it once.
    pub fn is_installed() -> bool {
        static IS_INSTALLED: OnceLock<bool> = OnceLock::new();
        let version = || Command::new("redis-server").arg("--version").output();
        *IS_INSTALLED.get_or_init(|| version().is_ok())
    }

    /// Starts one on a free port, with a folder of its own.
    pub fn start() -> Result<Redis, String> {
        if !Redis::is_installed() {
            return Err(NOT_THERE.to_string());
        }
        let could_not = |error: io::Error| format!("cannot start a redis-server: {error}");
        for _ in 0..ATTEMPTS {
            let mut redis = Redis::prepare().map_err(could_not)?;
            if redis.starts(&[]).map_err(could_not)? {
                return Ok(redis);
            }
        }
        Err("a redis-server ends, or does not answer, whichever port it is given".to_string())
    }

    fn prepare() -> io::Result<Redis> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("workshop-redis-{}-{number}", process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Redis {
            address: TcpListener::bind("127.0.0.1:0")?.local_addr()?,
            folder,
            running: None,
        })
    }

    /// Starts it, or starts it again with all that it kept. Returns false if it ends, or is not
    /// ready in time.
    pub fn starts(&mut self, more: &[&str]) -> io::Result<bool> {
        let port = self.address.port().to_string();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port, "--bind", "127.0.0.1", "--save", ""]);
        command.args(["--appendonly", "yes", "--appendfsync", "always"]);
        command.arg("--dir").arg(&self.folder).args(more);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut group = Group::new();
        let mut child = group.spawn(&mut command)?;
        let is_ready = child.stdout.take().is_some_and(becomes_ready);
        self.running = Some((group, child));
        Ok(is_ready)
    }

    /// Kills it, in the middle of whatever it does.
    pub fn dies(&mut self) {
        if let Some((mut group, mut child)) = self.running.take() {
            group.kill();
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Ends all connections to it.
    pub fn cuts_connections(&self) {
        self.says("CLIENT KILL TYPE normal");
        self.says("CLIENT KILL TYPE pubsub");
    }

    /// The bytes of all its files.
    pub fn kept(&self) -> Vec<u8> {
        let folders = [self.folder.clone(), self.folder.join("appendonlydir")];
        let entries = folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        let files = entries.flatten().flatten();
        let texts = files.filter_map(|file| fs::read(file.path()).ok());
        texts.collect::<Vec<_>>().concat()
    }

    /// The first line of its reply to a command.
    pub fn says(&self, command: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(format!("{command}\r\n").as_bytes()).ok()?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).ok()?;
        Some(line)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.dies();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Waits until it prints that it is ready, and reads on: it must never wait for us.
fn becomes_ready(stdout: impl Read + Send + 'static) -> bool {
    let (ready, is_ready) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let ready_lines = lines.filter(|line| line.contains(READY));
        ready_lines.for_each(|line| drop(ready.send(line)));
    });
    is_ready.recv_timeout(PATIENCE).is_ok()
}
