//! Memory, processor time and descriptors of processes, from Linux's `/proc`.

use std::fs;
use std::iter::Sum;
use std::time::Duration;

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
