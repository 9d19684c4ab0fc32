//! What only Linux lets one see, and limit.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::Server;
use crate::client::Client;
use crate::step::Step;
use crate::wait::eventually;

impl Server {
    /// Starts a step after a line of shell that limits what the operating system grants it.
    pub fn start_limited(step: Step, limits: &str) -> Self {
        let script = format!("{limits}; exec \"$0\" 127.0.0.1:0");
        Self::run(step, Command::new("sh").args(["-c", &script, step.program]))
    }

    fn proc(&self, entry: &str) -> PathBuf {
        format!("/proc/{}/{entry}", self.program.child.id()).into()
    }

    /// The processor time it has used, in its own code and in the kernel's.
    fn cpu_time(&self) -> Duration {
        let stat = fs::read_to_string(self.proc("stat")).unwrap();
        // The program's name, in parentheses, may hold blanks: the numbers start after it.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks = ticks.map(|field| field.parse::<u64>().unwrap());
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    /// Leaves it no descriptor, and a client that has said hi and waits for one.
    pub fn exhaust_descriptors(&self) -> Result<Client, String> {
        let is_used = |number: &usize| self.proc(&format!("fd/{number}")).exists();
        self.limit_descriptors((0..1000).take_while(is_used).count())?;
        loop {
            // The first one may still get in: Linux takes the descriptor before it waits for a
            // client.
            let client = self.connect("the one that waits");
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

    /// Tries again about ten times a second, and sleeps in between.
    pub fn assert_not_spinning(&self) {
        eventually("a report", || self.reports() > 0);
        let (start, cpu_time, reports) = (Instant::now(), self.cpu_time(), self.reports());
        eventually("five more reports", || self.reports() >= reports + 5);
        let passed = start.elapsed();
        let used = self.cpu_time().saturating_sub(cpu_time);
        assert!(passed > Duration::from_millis(400), "five in {passed:?}");
        assert!(used < passed / 10, "{used:?} of {passed:?} spent spinning");
    }

    /// How often it has reported on stderr that it has no descriptor.
    fn reports(&self) -> usize {
        let reason = io::Error::from_raw_os_error(24).to_string(); // EMFILE
        self.program.stderr.count(|line| line.contains(&reason))
    }
}
