//! Servers with one classic bug each. `check` must detect it, and report it in the words at the top
//! of the server's file.
//!
//! After a change of the words, `BLESS=1 cargo test wrong_servers -- --include-ignored` rewrites
//! them. Read each: is it true?

use std::collections::BTreeMap;
use std::env;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, OnceLock};
use std::thread;

use predicates::str::contains;

use crate::crowd_command::ONLY_IN_A_CROWD;
use crate::like::matches;
use crate::redis;
use crate::workshop::workshop;

/// How many checks run at a time. With more, the machine is so busy that answers come late. (Wine
/// runs one thing after the other.)
const AT_ONCE: usize = if cfg!(windows) { 2 } else { 12 };
/// Shared by all tests of this file.
static PERMITS: Semaphore = Semaphore {
    taken: Mutex::new(0),
    changed: Condvar::new(),
};
/// What the comment of a server says whose bug `check` does not detect.
const UNDETECTED: &str = "is not seen by check";

/// The words of a verdict without a known cause.
const CAUSE_UNKNOWN: [&str; 6] = [
    "a thread of your server waits for a lock. Cause unknown",
    "the expected reply never came. Cause unknown",
    "your server sent something else than what was expected",
    "your server sent something that was not expected at this",
    "your server closed a connection too early",
    "your server sent only part of the expected text in time",
];

#[test]
fn wrong_servers_of_check_1() {
    check_all(1);
}

#[test]
fn wrong_servers_of_check_2() {
    check_all(2);
}

#[test]
fn wrong_servers_of_check_3() {
    check_all(3);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_4() {
    check_all(4);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_5() {
    check_all(5);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_6() {
    check_all(6);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_7() {
    check_all(7);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_8() {
    check_all(8);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_9() {
    check_all(9);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_10() {
    check_all(10);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_11() {
    check_all(11);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_12() {
    check_all(12);
}

#[test]
fn an_unknown_name_is_refused_with_a_list_of_all() {
    for name in [&["nonsense"][..], &[]] {
        let mut command = assert_cmd::Command::new(wrong_server());
        let refused = command.args(name).assert().code(2).stdout("");
        let error = format!("no server '{}'; there are: ", name.concat());
        refused
            .stderr(contains(error))
            .stderr(contains(" loses_lines "));
    }
}

/// A semaphore.
struct Semaphore {
    taken: Mutex<usize>,
    changed: Condvar,
}

impl Semaphore {
    fn with_permit<T>(&self, work: impl FnOnce() -> T) -> T {
        let taken = self.taken.lock().unwrap();
        let is_full = |taken: &mut usize| *taken >= AT_ONCE;
        *self.changed.wait_while(taken, is_full).unwrap() += 1;
        let done = work();
        *self.taken.lock().unwrap() -= 1;
        self.changed.notify_one();
        done
    }
}

/// A wrong server, as the comment in its file describes it.
struct WrongServer {
    file: PathBuf,
    check: usize,
    /// The verdict of `check`: from the failure to what to look at.
    expected: String,
}

fn check_all(check: usize) {
    let servers: Vec<WrongServer> = servers()
        .into_iter()
        .filter(|server| server.check == check)
        .collect();
    assert!(!servers.is_empty(), "there are some for each check");
    if check == 12 && !redis::is_installed() {
        return;
    }
    // On a busy machine, what comes late is no evidence: failures are retried alone, and need not
    // name the cause. But most must.
    let retried: Vec<_> = failures(&servers)
        .into_iter()
        .map(WrongServer::retry)
        .collect();
    let missed: String = retried
        .iter()
        .filter_map(|result| result.clone().err())
        .collect();
    assert!(missed.is_empty(), "check {check} prints\n{missed}");
    let unnamed = retried.iter().filter(|named| **named == Ok(false)).count();
    assert!(unnamed * 4 <= servers.len(), "check {check} names too few");
}

/// Checks all servers at a time. Returns those with another verdict than expected.
fn failures(servers: &[WrongServer]) -> Vec<&WrongServer> {
    thread::scope(|scope| {
        let check = |server| scope.spawn(move || (!WrongServer::passes(server)).then_some(server));
        let checks: Vec<_> = servers.iter().map(check).collect();
        checks
            .into_iter()
            .filter_map(|check| check.join().unwrap())
            .collect()
    })
}

impl WrongServer {
    /// Parses the comment at the top of a file. Files that several servers share have none.
    fn of(file: PathBuf) -> Option<WrongServer> {
        let source = fs::read_to_string(&file).ok()?;
        let comment = comment(&source);
        let (_, words) = comment.split_once("\n\ncheck ")?;
        let (check, expected) = words.split_once('\n').unwrap_or((words, ""));
        Some(WrongServer {
            file,
            check: check.parse().ok()?,
            expected: expected.trim_end().to_string(),
        })
    }

    fn name(&self) -> &str {
        self.file.file_stem().unwrap().to_str().unwrap()
    }

    fn passes(&self) -> bool {
        if !self.can_run() {
            println!("Not tried, as its language is missing: {}", self.name());
            return true;
        }
        let verdict = self.verdict();
        let is_expected = matches(&verdict, &self.expected);
        // What a head leaves open with `…` stays open.
        if !is_expected && env::var_os("BLESS").is_some() {
            self.bless(&verdict);
            return true;
        }
        is_expected
    }

    /// Up to three tries until the bug is detected. Returns whether it is named, too, or else all
    /// verdicts.
    fn retry(&self) -> Result<bool, String> {
        println!("Retried alone: {}", self.name());
        let mut all = format!("{}:\n", self.file.display());
        for _ in 0..3 {
            let verdict = self.verdict();
            // On Windows, a read that waits does not wake when the connection is shut down: those
            // that rely on it are wrong in another way, too.
            if cfg!(windows) && self.check >= 7 && !verdict.is_empty() {
                return Ok(true);
            }
            if self.is_detected(&verdict) {
                return Ok(matches(&verdict, &self.expected));
            }
            all += &format!("{verdict}\n");
        }
        Err(all)
    }

    fn is_detected(&self, verdict: &str) -> bool {
        let first = |text: &str| text.lines().next().unwrap_or_default().to_string();
        let is_named = CAUSE_UNKNOWN.iter().all(|words| !verdict.contains(words));
        matches(verdict, &self.expected)
            || !is_named && matches(&first(verdict), &first(&self.expected))
    }

    /// How to run it: all servers in Rust are one program, others are scripts.
    fn command(&self) -> Vec<String> {
        let file = self.file.to_str().unwrap().to_string();
        match self.interpreter() {
            // -S: without site-packages it starts in half the time.
            Some("python3") => vec![python().to_string(), "-S".into(), file],
            Some(interpreter) => vec![interpreter.to_string(), file],
            None => vec![wrong_server(), self.name().to_string()],
        }
    }

    fn interpreter(&self) -> Option<&'static str> {
        match self.file.extension()?.to_str()? {
            "py" => Some("python3"),
            "mjs" => Some("node"),
            "pl" => Some("perl"),
            _ => None,
        }
    }

    fn can_run(&self) -> bool {
        is_supported(self.name()) && self.interpreter().is_none_or(is_installed)
    }

    /// Whether it shows in random or parallel sessions only. Then the file holds the cause alone.
    fn is_by_chance(&self) -> bool {
        self.expected.starts_with("    It m")
    }

    /// What `check` prints of it, from the first failure on.
    fn verdict(&self) -> String {
        let is_flooded = matches!(self.check, 7 | 8);
        // A server may pause everybody for a moment.
        let patience = if is_flooded { "2" } else { "1" };
        // Where a scene shows the bug, no random sessions are needed.
        let is_shown = !self.is_by_chance() && self.expected != UNDETECTED;
        let sessions = if is_shown { "0" } else { "40" };
        let options = ["--patience", patience, "--sessions", sessions];
        let mut words = vec!["check".to_string(), self.check.to_string()];
        words.extend(options.map(String::from));
        // Scenes that fill buffers cost too much to run beside one another.
        words.extend(is_flooded.then(|| "--one-by-one".into()));
        words.push("--".into());
        words.extend(self.command());
        let place = if self.check == 12 {
            "{redis}"
        } else {
            "{file}"
        };
        words.extend(["{address}".to_string(), place.to_string()]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut check = workshop(&words);
        // Cached bytecode halves the time that Python takes to start.
        check.env(
            "PYTHONPYCACHEPREFIX",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/python"),
        );
        check.env_remove("PYTHONDONTWRITEBYTECODE");
        let check = PERMITS.with_permit(|| check.assert());
        let output = check.get_output();
        match output.status.code() {
            Some(1) => normalized(&String::from_utf8_lossy(&output.stdout)),
            Some(0) => UNDETECTED.to_string(),
            status => format!("ended with {status:?}"),
        }
    }

    fn bless(&self, verdict: &str) {
        let source = fs::read_to_string(&self.file).unwrap();
        let marker = marker(&source);
        let code = source
            .lines()
            .position(|line| !line.starts_with(marker))
            .unwrap();
        let comment = comment(&source);
        let (mistake, _) = comment.split_once("\n\ncheck ").unwrap();
        let comment = format!("{mistake}\n\ncheck {}\n{verdict}", self.check);
        let comment: Vec<String> = comment
            .lines()
            .map(|line| format!("{marker} {line}").trim_end().to_string())
            .collect();
        let code: Vec<&str> = source.lines().skip(code).collect();
        fs::write(
            &self.file,
            format!("{}\n{}\n", comment.join("\n"), code.join("\n")),
        )
        .unwrap();
    }
}

/// Whether this machine can run a language. Asks each interpreter once.
fn is_installed(interpreter: &'static str) -> bool {
    static KNOWN: Mutex<BTreeMap<&str, bool>> = Mutex::new(BTreeMap::new());
    let ask = || {
        let mut version = Command::new(interpreter);
        let version = version.arg("--version").stdout(Stdio::null());
        let status = version.stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    *KNOWN.lock().unwrap().entry(interpreter).or_insert_with(ask)
}

/// The path of Python itself: `python3` may be a wrapper that takes longer to start than Python.
fn python() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let script = ["-c", "import sys; print(sys.executable)"];
        let output = Command::new("python3").args(script).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    })
}

/// The servers whose bug a few clients can detect.
fn servers() -> Vec<WrongServer> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong-servers");
    let files = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let mut servers: Vec<WrongServer> = files.filter_map(WrongServer::of).collect();
    servers.retain(|server| !ONLY_IN_A_CROWD.contains(&server.name()));
    servers.sort_by(|one, other| one.file.cmp(&other.file));
    servers
}

/// The comment at the top of a file, without its markers.
fn comment(source: &str) -> String {
    let marker = marker(source);
    let lines = source.lines().map_while(|line| line.strip_prefix(marker));
    let lines: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n")
}

fn marker(source: &str) -> &'static str {
    ["//!", "//", "#"]
        .into_iter()
        .find(|marker| source.starts_with(marker))
        .unwrap_or("//")
}

/// The program with all wrong servers in Rust, an example of this package.
pub fn wrong_server() -> String {
    let beside = Path::new(env!("CARGO_BIN_EXE_workshop")).with_file_name("examples");
    let path = beside.join(format!("wrong-servers{EXE_SUFFIX}"));
    path.to_str().unwrap().to_string()
}

/// Only Linux tells how much memory and how many descriptors a program has, and what waits for
/// whom. On macOS, closing a connection with unread input may end it in order, where others make it
/// a reset.
fn is_supported(name: &str) -> bool {
    match name {
        "keeps_queues" | "keeps_connections" => cfg!(target_os = "linux"),
        "dies_on_reset" | "no_left_after_reset" => !cfg!(target_os = "macos"),
        _ => true,
    }
}

/// The verdict from the first failure on, without what differs between runs and systems. Of random
/// and of parallel sessions only the cause is kept.
fn normalized(verdict: &str) -> String {
    let signs = [
        "Smallest failing session found",
        ", round ",
        " here\", and ",
    ];
    let is_chance = signs.iter().any(|sign| verdict.contains(sign));
    let begin = if is_chance { "    It m" } else { "  ✗ " };
    let from = verdict.find(begin).unwrap_or(0);
    let end = verdict[from..]
        .find("    Evidence ")
        .or(verdict[from..].find("    Next "));
    let until = end.map_or(verdict.len(), |end| from + end);
    let lines = verdict[from..until].lines().filter(|line| !varies(line));
    let lines: Vec<String> = lines.map(masked).collect();
    lines.join("\n")
}

/// The server's own output, what its threads wait in, and the clients' addresses.
fn varies(line: &str) -> bool {
    line.starts_with("      │")
        || line.contains("on its standard ")
        || line.contains("Meanwhile, your server: ")
        || line.starts_with("      {") && line.contains("} is ")
}

/// Masks times, ports and line numbers. And the sentinel may be the first to show that alice's
/// connection has ended.
fn masked(line: &str) -> String {
    const SENTINEL: &str = ", then bob says \"ping ";
    let mut line = line
        .replace("exit code: ", "exit status: ")
        .trim_end()
        .to_string();
    let end = ", and alice is disconnected";
    if let Some((act, _)) = line.split_once(SENTINEL).filter(|_| line.ends_with(end)) {
        line = [act, end].concat();
    }
    for (before, after) in [
        (" came ", " ms later"),
        ("127.0.0.1:", " "),
        ("('127.0.0.1', ", ")"),
        ("/time\" and hears ", "\n"),
        (" says: 0", " xxx"),
    ] {
        let Some(start) = line.find(before).map(|at| at + before.len()) else {
            continue;
        };
        let end = line[start..]
            .find(after)
            .map_or(line.len(), |at| start + at);
        line.replace_range(start..end, "…");
    }
    line
}
