//! What tests can measure and limit on Linux only.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::Server;
use crate::client::Client;
use crate::step::Step;
use crate::wait::eventually;

impl Server {
    /// Starts a step from a shell that first sets these limits.
    pub fn start_limited(step: Step, limits: &str) -> Self {
        let script = format!("{limits}; exec \"$0\" 127.0.0.1:0");
        Self::run(step, Command::new("sh").args(["-c", &script, step.program]))
    }

    fn proc(&self, entry: &str) -> PathBuf {
        format!("/proc/{}/{entry}", self.program.child.id()).into()
    }

    /// CPU time, user and system.
    fn cpu_time(&self) -> Duration {
        let stat = fs::read_to_string(self.proc("stat")).unwrap();
        // The program's name, in parentheses, may hold blanks: the numbers start after it.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks = ticks.map(|field| field.parse::<u64>().unwrap());
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    /// Lowers the limit until no descriptor is free. Returns a client that has sent a line and
    /// waits to be accepted.
    pub fn exhaust_descriptors(&self) -> Result<Client, String> {
        let is_used = |number: &usize| self.proc(&format!("fd/{number}")).exists();
        self.limit_descriptors((0..1000).take_while(is_used).count())?;
        loop {
            // The first one may still get in: Linux takes the descriptor before it waits for a
            // client.
            let client = self.connect("a waiting client");
            client.send_line("hi");
            let reports = self.reports();
            eventually("an answer, the end, or reports", || {
                client.has_unread() || self.reports() >= reports + 3
            });
            if !client.has_unread() {
                return Ok(client);
            }
        }
    }

    pub fn limit_descriptors(&self, limit: usize) -> Result<(), String> {
        let mut command = Command::new("prlimit");
        command.arg(format!("--nofile={limit}:"));
        command.args(["--pid", &self.program.child.id().to_string()]);
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            failed => Err(format!("prlimit cannot set the limit: {failed:?}")),
        }
    }

    /// Asserts that it retries about ten times a second, and sleeps in between.
    pub fn assert_not_spinning(&self) {
        eventually("a report", || self.reports() > 0);
        let (start, cpu_time, reports) = (Instant::now(), self.cpu_time(), self.reports());
        eventually("five more reports", || self.reports() >= reports + 5);
        let passed = start.elapsed();
        let used = self.cpu_time().saturating_sub(cpu_time);
        assert!(passed > Duration::from_millis(400), "five in {passed:?}");
        assert!(used < passed / 10, "{used:?} of {passed:?} spent spinning");
    }

    /// How often it has reported EMFILE on stderr.
    fn reports(&self) -> usize {
        let reason = io::Error::from_raw_os_error(24).to_string(); // EMFILE
        self.program.stderr.count(|line| line.contains(&reason))
    }
}
