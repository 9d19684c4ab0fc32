//! Servers with one classic mistake each: `check` must see it, and say so in the words that stand
//! at the beginning of the server's own file.
//!
//! Where the words rightly change, `BLESS=1 cargo test wrong_servers -- --include-ignored` writes
//! them anew. Read each of them: is it true?

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

/// So many checks run at the same time: more would keep a machine so busy that answers come late.
/// (Wine runs one thing after the other.)
const AT_ONCE: usize = if cfg!(windows) { 2 } else { 12 };
/// Shared by all of these tests.
static SEATS: Seats = Seats {
    taken: Mutex::new(0),
    changed: Condvar::new(),
};
/// What the comment says of a server that no check sees through, and why.
const UNDETECTED: &str = "is not seen by check";

/// What is said of a silence, of other words and of too many where no cause is known.
const CAUSE_UNKNOWN: [&str; 6] = [
    "a thread of your server waits for a lock, and this check",
    "your server did not say what was expected, and this check",
    "your server says something else than what was expected",
    "your server says something that was not expected then",
    "your server closed a connection too early",
    "by then your server has said only the beginning of what was",
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
fn wrong_servers_of_check_7() {
    check_all(7);
}

#[test]
#[ignore = "takes long: .ci/run runs it"]
fn wrong_servers_of_check_8() {
    check_all(8);
}

#[test]
fn an_unknown_name_is_refused_with_those_that_there_are() {
    for name in [&["nonsense"][..], &[]] {
        let mut command = assert_cmd::Command::new(wrong_server());
        let refused = command.args(name).assert().code(2).stdout("");
        let verdict = format!("no server '{}'; there are: ", name.concat());
        refused
            .stderr(contains(verdict))
            .stderr(contains(" loses_lines "));
    }
}

/// Lets so many work at once.
struct Seats {
    taken: Mutex<usize>,
    changed: Condvar,
}

impl Seats {
    fn with_one<T>(&self, work: impl FnOnce() -> T) -> T {
        let taken = self.taken.lock().unwrap();
        let is_full = |taken: &mut usize| *taken >= AT_ONCE;
        *self.changed.wait_while(taken, is_full).unwrap() += 1;
        let done = work();
        *self.taken.lock().unwrap() -= 1;
        self.changed.notify_one();
        done
    }
}

/// A server, as its file describes it.
struct WrongServer {
    file: PathBuf,
    check: usize,
    /// The words of `check`: from what it saw to what to look at.
    expected: String,
}

fn check_all(check: usize) {
    let servers: Vec<WrongServer> = servers()
        .into_iter()
        .filter(|server| server.check == check)
        .collect();
    assert!(servers.len() >= 3, "there are some for each check");
    if check == 8 && !redis::is_installed() {
        return;
    }
    let misses = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let misses = &misses;
        for server in &servers {
            scope.spawn(move || {
                if !server.passes() {
                    println!("Tried again, alone: {}", server.name());
                    misses.lock().unwrap().push(server);
                }
            });
        }
    });
    // On a busy machine, what comes late is no evidence: the second try is made alone, and may name
    // no cause. Then a server is still seen through, but most of them must have been named.
    let misses = misses.into_inner().unwrap();
    let (seen, unseen): (Vec<_>, Vec<_>) = misses
        .iter()
        .map(|server| server.retry())
        .partition(Result::is_ok);
    let unseen: Vec<String> = unseen.into_iter().filter_map(Result::err).collect();
    assert!(
        unseen.is_empty(),
        "check {check} says of {}",
        unseen.join("\n")
    );
    let unnamed = seen.iter().filter(|named| **named == Ok(false)).count();
    assert!(unnamed * 4 <= servers.len(), "check {check} names too few");
}

impl WrongServer {
    /// What the comment at the beginning of the file says; none for the files that several servers
    /// share.
    fn of(file: PathBuf) -> Option<WrongServer> {
        let source = fs::read_to_string(&file).ok()?;
        let comment = comment(&source);
        let (_, words) = comment.split_once("\n\ncheck ")?;
        let check = words.chars().next()?.to_digit(10)? as usize;
        let expected = words.split_once('\n').map_or("", |(_, expected)| expected);
        Some(WrongServer {
            file,
            check,
            expected: expected.trim_end().to_string(),
        })
    }

    fn name(&self) -> &str {
        self.file.file_stem().unwrap().to_str().unwrap()
    }

    fn passes(&self) -> bool {
        if !self.can_run() {
            println!(
                "Not tried, for want of its language: {}",
                self.file.display()
            );
            return true;
        }
        let verdict = self.verdict();
        if env::var_os("BLESS").is_some() {
            self.bless(&verdict);
            return true;
        }
        matches(&verdict, &self.expected)
    }

    /// Whether its words are said in one of three tries, or at least what was seen of it; or else
    /// all that was said.
    fn retry(&self) -> Result<bool, String> {
        let mut all = format!("{}:\n", self.file.display());
        for _ in 0..3 {
            let verdict = self.verdict();
            // On Windows, a read that waits does not wake when the connection is shut down: those
            // that rely on it are wrong in another way, too.
            if cfg!(windows) && self.check >= 6 && !verdict.is_empty() {
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

    /// What to run: one of the program that holds all those in Rust, or a file in another language.
    fn command(&self) -> Vec<String> {
        let file = self.file.to_str().unwrap().to_string();
        match self.interpreter() {
            // Without what is installed beside Python: it starts in half the time.
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

    /// Whether only a session made at random shows it, or several that talk at once: of these, the
    /// cause alone is kept.
    fn is_by_chance(&self) -> bool {
        self.expected.starts_with("    It m")
    }

    /// What `check` says of it from the first thing that is wrong on.
    fn verdict(&self) -> String {
        // A right server of step 6 may hold others back for a moment.
        let patience = if self.check == 6 { "2" } else { "1" };
        // Where a scene shows the mistake, no session need be made up beside it.
        let is_shown = !self.is_by_chance() && self.expected != UNDETECTED;
        let sessions = if is_shown { "0" } else { "40" };
        let options = ["--patience", patience, "--sessions", sessions];
        let mut words = vec!["check".to_string(), self.check.to_string()];
        words.extend(options.map(String::from));
        // Of scenes that fill buffers, several at once would keep this machine busy that nobody
        // waits for.
        words.extend((self.check == 6).then(|| "--one-by-one".into()));
        words.push("--".into());
        words.extend(self.command());
        let place = if self.check == 8 { "{redis}" } else { "{file}" };
        words.extend(["{address}".to_string(), place.to_string()]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut check = workshop(&words);
        // What Python has translated it keeps: that halves what is left of the time until it
        // starts.
        check.env(
            "PYTHONPYCACHEPREFIX",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/python"),
        );
        check.env_remove("PYTHONDONTWRITEBYTECODE");
        let check = SEATS.with_one(|| check.assert());
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

/// Whether this machine has a language. Each is asked once.
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

/// Python's own program: what is found by its name may be a script that takes longer to start than
/// Python.
fn python() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let says = ["-c", "import sys; print(sys.executable)"];
        let output = Command::new("python3").args(says).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    })
}

/// Every server that a few clients see through.
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

/// The comment at the beginning of a file, without its signs.
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

/// The program that holds all those in Rust: it is built beside the workshop command, as an
/// example.
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

/// The words from the first thing that is wrong on, without what differs from run to run, or from
/// system to system: of a session made at random, and of several who talk at once, only the cause
/// counts.
fn normalized(verdict: &str) -> String {
    let signs = [
        "This is the shortest found that does",
        ", round ",
        " here\", and ",
    ];
    let is_chance = signs.iter().any(|marker| verdict.contains(marker));
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

/// What the server itself says, what its threads wait in, and who has which address.
fn varies(line: &str) -> bool {
    line.starts_with("      │")
        || line.contains("on its standard ")
        || line.contains("Meanwhile, your server: ")
        || line.starts_with("      {") && line.contains("} is ")
}

/// A line without its times and its numbers of ports and lines. That alice's connection has ended,
/// the sentinel may show.
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
