//! A Redis of a test's own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, process};

use crate::wait::{WAIT, eventually};

/// A `redis-server` that keeps all that it has answered.
pub struct Redis {
    pub address: SocketAddr,
    folder: PathBuf,
    child: Option<Child>,
}

impl Redis {
    /// Starts one on a free port; none where it is not installed.
    pub fn start() -> Option<Redis> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        if !is_installed() {
            return None;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("suite-redis-{}-{number}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut redis = Redis {
            address: free.local_addr().unwrap(),
            folder,
            child: None,
        };
        drop(free);
        redis.starts(&[]);
        Some(redis)
    }

    /// Starts it, or starts it again with all that it kept.
    pub fn starts(&mut self, more: &[&str]) {
        let mut command = Command::new("redis-server");
        command.args(["--port", &self.address.port().to_string()]);
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]);
        command.args(["--appendfsync", "always", "--dir"]);
        command.arg(&self.folder).args(more);
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        self.child = Some(child);
        eventually("a Redis that answers", || {
            self.try_says("PING")
                .is_some_and(|reply| !reply.starts_with("-LOADING"))
        });
    }

    /// Kills it in the middle of whatever it does.
    pub fn dies(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Ends all connections of the servers.
    pub fn cuts_connections(&self) {
        let _ = self.try_says("CLIENT KILL TYPE normal"); // Another test thread may cut this one.
    }

    /// The first line of the reply to a command.
    #[cfg(unix)]
    pub fn says(&self, command: &str) -> String {
        self.try_says(command).expect("a reply")
    }

    fn try_says(&self, command: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(WAIT)).unwrap();
        stream.write_all(format!("{command}\r\n").as_bytes()).ok()?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).ok()?;
        (!line.is_empty()).then_some(line)
    }
}

/// Whether there is a `redis-server`. With `CI=true` there must be one, but on Windows.
pub fn is_installed() -> bool {
    let mut command = Command::new("redis-server");
    let is_there = command
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok();
    if !is_there {
        let must_be_there = env::var("CI").is_ok_and(|is_set| is_set == "true") && !cfg!(windows);
        assert!(!must_be_there, "no redis-server");
        println!("Not tried: there is no redis-server.");
    }
    is_there
}

impl Drop for Redis {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.dies();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
