//! Memory, processor time and descriptors of processes, from Linux's `/proc`.

use std::fs;
use std::iter::Sum;
use std::time::Duration;

use crate::os::processes::numbers_in;

/// The unit of processor time in `/proc`: 100 a second, wherever Linux runs today.
const CLOCK_TICK: Duration = Duration::from_millis(10);

/// The resident memory of some processes, in bytes.
pub fn memory(processes: &[u32]) -> Option<u64> {
    let one = |process: &u32| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024)
    };
    sum(processes.iter().filter_map(one))
}

/// The processor time that some processes have used.
pub fn processor_time(processes: &[u32]) -> Option<Duration> {
    let one = |process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The 12th and 13th field after the name, in brackets: in the program, and in the kernel.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut ticks = || fields.next()?.parse::<u32>().ok();
        Some(CLOCK_TICK * (ticks()? + ticks()?))
    };
    sum(processes.iter().filter_map(one))
}

/// The same, of the threads that there are, exactly.
pub fn time_on_processor(processes: &[u32]) -> Option<Duration> {
    let one = |text: String| {
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    };
    sum(of_threads(processes, "schedstat").filter_map(one))
}

/// How often the threads that there are have waited for something: each time they were woken.
pub fn wake_ups(processes: &[u32]) -> Option<u64> {
    let one = |text: String| {
        let mut lines = text.lines();
        let count = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        count.trim().parse::<u64>().ok()
    };
    sum(of_threads(processes, "status").filter_map(one))
}

/// The texts of such a file of each thread.
fn of_threads(processes: &[u32], file: &str) -> impl Iterator<Item = String> {
    let of = |process: &u32| {
        let folder = format!("/proc/{process}/task");
        let path = |thread: u32| format!("{folder}/{thread}/{file}");
        let threads = numbers_in(&folder).into_iter().map(path);
        threads.collect::<Vec<_>>()
    };
    let paths: Vec<String> = processes.iter().flat_map(of).collect();
    paths
        .into_iter()
        .filter_map(|path| fs::read_to_string(path).ok())
}

/// The descriptor limit of a process: its number, or `self`.
pub fn descriptor_limit(process: &str) -> Option<usize> {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).ok()?;
    let mut lines = limits.lines();
    let line = lines.find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// The number of its open descriptors.
pub fn descriptors(process: &str) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
}

/// None for an empty sum.
fn sum<T: Sum>(parts: impl Iterator<Item = T>) -> Option<T> {
    let mut parts = parts.peekable();
    parts.peek()?;
    Some(parts.sum())
}
