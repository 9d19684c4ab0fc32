//! A Redis of the check's own: what the servers of step 8 share.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;
use std::{env, process};

/// How long it may take to start, and to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often another port is tried.
const ATTEMPTS: usize = 5;
/// What it prints when it listens: with a capital R, or after "The server is now".
const READY: &str = "eady to accept connections";

const NOT_THERE: &str = "step 8 needs the program redis-server, of Redis 5 or newer. To get it:
    Debian, Ubuntu   sudo apt install redis-server
    Fedora           sudo dnf install redis
    macOS            brew install redis
    Windows          in WSL, as on Ubuntu";

/// It ends when this process does, however that ends.
#[cfg(unix)]
const SHELL: &str = r#"trap '' INT; "$@" & exec >&-; read -r line; kill -KILL $!; wait"#;

/// A `redis-server` that keeps all that it has answered, until it is dropped.
pub struct Redis {
    pub address: SocketAddr,
    folder: PathBuf,
    child: Option<Child>,
}

impl Redis {
    /// Whether there is such a program. It is asked once.
    pub fn is_installed() -> bool {
        static IS_INSTALLED: OnceLock<bool> = OnceLock::new();
        let version = || Command::new("redis-server").arg("--version").output();
        *IS_INSTALLED.get_or_init(|| version().is_ok())
    }

    /// Starts one on a free port, in a folder of its own, or says why it cannot.
    pub fn start() -> Result<Redis, String> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        if !Redis::is_installed() {
            return Err(NOT_THERE.to_string());
        }
        for _ in 0..ATTEMPTS {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("workshop-redis-{}-{number}", process::id());
            let folder = env::temp_dir().join(name);
            fs::create_dir_all(&folder).map_err(|error| could_not(&error))?;
            let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
            let mut redis = Redis {
                address: free.map_err(|error| could_not(&error))?,
                folder,
                child: None,
            };
            if redis.starts(&[]).map_err(|error| could_not(&error))? {
                return Ok(redis);
            }
        }
        Err("a redis-server ends, or does not answer, whichever port it is given".to_string())
    }

    /// Starts it, or starts it again with all that it kept. Returns false if it ends, or is not ready in time.
    pub fn starts(&mut self, more: &[&str]) -> io::Result<bool> {
        let port = self.address.port().to_string();
        let mut command = server();
        command.args(["--port", &port, "--bind", "127.0.0.1", "--save", ""]);
        command.args(["--appendonly", "yes", "--appendfsync", "always"]);
        command.arg("--dir").arg(&self.folder).args(more);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn()?;
        let stdout = child.stdout.take();
        self.child = Some(child);
        let (ready, is_ready) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(stdout?).lines().map_while(Result::ok);
            for line in lines.filter(|line| line.contains(READY)) {
                let _ = ready.send(line); // Read on: it must not wait for us.
            }
            Some(())
        });
        Ok(is_ready.recv_timeout(PATIENCE).is_ok())
    }

    /// Kills it, in the middle of whatever it does.
    pub fn dies(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            if cfg!(windows) {
                let _ = child.kill();
            }
            let _ = child.wait();
        }
    }

    /// Ends all connections to it.
    pub fn cuts_connections(&self) {
        self.says("CLIENT KILL TYPE normal");
        self.says("CLIENT KILL TYPE pubsub");
    }

    /// All that it keeps, as it stands in its files.
    pub fn kept(&self) -> Vec<u8> {
        let folders = [self.folder.clone(), self.folder.join("appendonlydir")];
        let files = folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        let texts = files
            .flatten()
            .flatten()
            .filter_map(|file| fs::read(file.path()).ok());
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

#[cfg(unix)]
fn server() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", SHELL, "sh", "redis-server"]);
    command
}

#[cfg(not(unix))]
fn server() -> Command {
    Command::new("redis-server")
}

fn could_not(error: &io::Error) -> String {
    format!("cannot start a redis-server: {error}")
}
