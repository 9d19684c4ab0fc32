//! The processes that stem from one that we started.

use std::ffi::OsStr;
use std::fs;
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
    let has_it = |process: &u32| {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment
            .split(|byte| *byte == 0)
            .any(|entry| entry == variable.as_bytes())
    };
    numbers().into_iter().filter(has_it).collect()
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
    let processes = all();
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
fn all() -> Vec<(u32, u32)> {
    let Ok(folders) = fs::read_dir("/proc") else {
        return all_by_ps();
    };
    let names = folders.flatten().map(|folder| folder.file_name());
    names.filter_map(|name| with_parent(&name)).collect()
}

fn with_parent(name: &OsStr) -> Option<(u32, u32)> {
    let process = name.to_str()?.parse().ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, in brackets, come the state and the parent.
    let (_, fields) = stat.rsplit_once(')')?;
    let parent = fields.split_whitespace().nth(1)?.parse().ok()?;
    Some((process, parent))
}

fn all_by_ps() -> Vec<(u32, u32)> {
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
