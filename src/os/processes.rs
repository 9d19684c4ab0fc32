//! The processes that stem from one that we started.

use std::fs::{self, File};
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Stops what a process has started, and what that has started, where the operating system tells us.
pub fn stop_descendants(process: u32) {
    if cfg!(windows) {
        let mut taskkill = Command::new("taskkill");
        taskkill.args(["/T", "/F", "/PID", &process.to_string()]);
        run_silently(taskkill);
        return;
    }
    let descendants = descendants(process);
    if !descendants.is_empty() {
        kill(&[&[process], &descendants[..]].concat());
    }
}

/// Kills processes, where they are not Windows's.
pub fn kill(processes: &[u32]) {
    if !processes.is_empty() {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -KILL \"$@\"", "sh"]);
        kill.args(processes.iter().map(u32::to_string));
        run_silently(kill);
    }
}

/// All processes that have this variable, `NAME=VALUE`, in their environment, where `/proc` shows it.
pub fn with_variable(variable: &str) -> Vec<u32> {
    const MOST: usize = 1024 * 1024;
    let mut place = vec![0; MOST];
    let has_it = |process: &u32| {
        let entries = BufRead::split(environment(*process, &mut place), 0);
        entries.flatten().any(|entry| entry == variable.as_bytes())
    };
    numbers().into_iter().filter(has_it).collect()
}

/// The environment of a process, read at once: it may become another program between two reads. While it does, it shows
/// none, for microseconds, or longer if others run then. We look again, but not for ever, as others have none. (Those of
/// the kernel have no program, either.)
fn environment(process: u32, place: &mut [u8]) -> &[u8] {
    const PATIENCE: Duration = Duration::from_millis(50);
    let mut read = || {
        let mut file = File::open(format!("/proc/{process}/environ")).ok()?;
        file.read(place).ok()
    };
    let is_program = || fs::read_link(format!("/proc/{process}/exe")).is_ok();
    let deadline = Instant::now() + PATIENCE;
    let mut length = read();
    while length == Some(0) && is_program() && Instant::now() < deadline {
        thread::yield_now();
        length = read();
    }
    &place[..length.unwrap_or(0)]
}

/// Whether a process runs, and is not only its exit status that nobody has asked for. Only `/proc` tells.
pub fn runs(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// The numbers of all processes, where `/proc` lists them.
pub fn numbers() -> Vec<u32> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = folders.map(|folder| folder.file_name());
    names
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect()
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
pub fn descendants(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut next = 0;
    while next < found.len() {
        found.extend(children(found[next]));
        next += 1;
    }
    found.split_off(1)
}

/// Whether all threads of these processes wait for something, as far as Linux tells.
pub fn all_wait(processes: &[u32]) -> bool {
    let waits = |task: &PathBuf| {
        let stat = fs::read_to_string(task.join("stat")).unwrap_or_default();
        // Behind the name, in brackets, comes the state: R is running.
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| !rest.starts_with('R'))
    };
    let mut tasks = processes.iter().copied().flat_map(tasks).peekable();
    tasks.peek().is_some() && tasks.all(|task| waits(&task))
}

/// The folders in which Linux tells of the threads of a process.
fn tasks(process: u32) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(format!("/proc/{process}/task")) else {
        return Vec::new();
    };
    folder.flatten().map(|entry| entry.path()).collect()
}

/// The children of a process: from /proc where it lists them, or else from ps.
fn children(process: u32) -> Vec<u32> {
    if !Path::new("/proc/thread-self/children").exists() {
        return children_by_ps(process);
    }
    let of_task = |task: PathBuf| fs::read_to_string(task.join("children")).unwrap_or_default();
    let lists: Vec<String> = tasks(process).into_iter().map(of_task).collect();
    let numbers = lists.iter().flat_map(|list| list.split_whitespace());
    numbers.filter_map(|child| child.parse().ok()).collect()
}

fn children_by_ps(process: u32) -> Vec<u32> {
    let ps = Command::new("ps")
        .args(["-A", "-o", "pid=", "-o", "ppid="])
        .output();
    let list = ps.map_or(Vec::new(), |ps| ps.stdout);
    let child = |line: &str| {
        let (child, parent) = line.trim().split_once(char::is_whitespace)?;
        (parent.trim().parse() == Ok(process)).then(|| child.parse().ok())?
    };
    String::from_utf8_lossy(&list)
        .lines()
        .filter_map(child)
        .collect()
}
