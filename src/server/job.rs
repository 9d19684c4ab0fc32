//! A command that we started, and all its processes.
//!
//! They are in a process group of their own. A daemon, which leaves the group, keeps a variable in
//! its environment, by which Linux finds it. If another process still listens at the command's
//! address at the end, the user is warned.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::Receiver;
use std::sync::{Once, OnceLock};
use std::time::{Duration, Instant};

use crate::error::CouldNotTry;
use crate::os::polling::wait_until;
use crate::os::processes::{Group, TIME_TO_END};
use crate::os::sockets;
use crate::server::output::{self, Announcement, Printed};
use crate::server::port::Reservation;
use crate::server::program::{Executable, USUAL_ADDRESS};

/// How long a command that exited with success may take until its server listens in the background.
const TIME_TO_LISTEN: Duration = Duration::from_secs(3);

/// During `exec` a process's environment is briefly empty. A daemon has ended only if none was seen
/// for this long.
const TIME_TO_EXECUTE: Duration = Duration::from_millis(100);

/// A process that could not be stopped.
static LEFT: OnceLock<String> = OnceLock::new();

/// Why the workshop cannot exit with success: a process it started still runs.
pub fn left_running() -> Option<&'static str> {
    LEFT.get().map(String::as_str)
}

pub struct Job {
    /// Where it should listen. Nothing listened there before.
    pub address: SocketAddr,
    /// Keeps other runs of the workshop from the port, if we chose it.
    _reservation: Option<Reservation>,
    child: Child,
    group: Group,
    /// It may be a shell or similar, whose children do the work.
    forks: bool,
    announcement: Announcement,
    /// When the command exited, and since when none of its other processes was seen.
    ended_at: Option<Instant>,
    gone_since: Option<Instant>,
    has_daemons: bool,
}

impl Job {
    /// Runs the program, and reads its output.
    pub fn start(executable: &Executable) -> Result<(Job, Receiver<Printed>), CouldNotTry> {
        let is_told = executable.takes_address();
        let reservation = is_told.then(Reservation::new).transpose()?;
        let reserved = reservation.as_ref().map(|reservation| reservation.address);
        let address = reserved.unwrap_or(USUAL_ADDRESS);
        let mut group = Group::new();
        let mut child = group
            .spawn(&mut executable.command(address))
            .map_err(|error| CouldNotTry(format!("cannot run '{}': {error}", executable.name())))?;
        let (announcement, printed) = output::read(&mut child);
        let job = Job {
            address,
            _reservation: reservation,
            child,
            group,
            forks: executable.forks,
            announcement,
            ended_at: None,
            gone_since: None,
            has_daemons: false,
        };
        Ok((job, printed))
    }

    /// The address that it announced.
    pub fn announced_address(&self) -> Option<SocketAddr> {
        self.announcement.get().copied()
    }

    /// All its known processes. The last usually does the work.
    pub fn processes(&self) -> Vec<u32> {
        let mut found = vec![self.child.id()];
        if self.forks {
            found.extend(self.others());
        }
        found
    }

    fn others(&self) -> Vec<u32> {
        let mut others = self.group.members();
        if self.ended_at.is_some() || self.has_daemons {
            others.extend(self.group.daemons());
        }
        others.retain(|process| *process != self.child.id());
        others
    }

    /// The command's exit status, if it has exited and left no server in the background.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok()??;
        let continues_in_background =
            self.forks && self.continues_in_background() && status.success();
        (!continues_in_background).then_some(status)
    }

    /// After the command exited: whether its server runs in the background, or soon will.
    fn continues_in_background(&mut self) -> bool {
        let ended_at = *self.ended_at.get_or_insert_with(Instant::now);
        let others = self.others();
        if !sockets::listening(&others).is_empty() {
            self.report("it is tried there, and ended.");
            self.gone_since = None;
            return true;
        }
        let has_time = ended_at.elapsed() < TIME_TO_LISTEN || !sockets::ARE_LISTED;
        if !others.is_empty() {
            self.gone_since = None;
            return has_time;
        }
        let gone_since = *self.gone_since.get_or_insert_with(Instant::now);
        has_time && gone_since.elapsed() < TIME_TO_EXECUTE
    }

    /// Looks for processes that have left the group. Returns whether there are any.
    pub fn find_daemons(&mut self) -> bool {
        self.has_daemons = !self.group.daemons().is_empty();
        self.has_daemons
    }

    /// Warns, once, that a command continues in the background.
    pub fn report(&self, what_follows: &str) {
        static REPORTED: Once = Once::new();
        REPORTED.call_once(|| {
            let others = self.others();
            let listens = |process: &&u32| !sockets::listening(&[**process]).is_empty();
            let process = others.iter().find(listens).or(others.first());
            let process = process.map_or(String::new(), |process| format!(" (process {process})"));
            warn(&format!(
                "your command goes on in the background{process}: {what_follows}"
            ));
        });
    }

    /// Stops all its processes. One that cannot be stopped is recorded for the exit status.
    pub fn kill(mut self) {
        if self.ended_at.is_some() && !self.others().is_empty() {
            self.report("it is ended.");
        }
        if self.ended_at.is_some() || self.has_daemons {
            self.group.kill_with_daemons();
        } else if self.forks || cfg!(unix) {
            self.group.kill(); // On Windows, this runs a program, and takes long.
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if self.forks && !wait_until(TIME_TO_END, || self.is_over()) {
            let _ = LEFT.set(self.describe_remains());
        }
    }

    fn is_over(&self) -> bool {
        let is_taken = cfg!(unix) && sockets::is_taken(self.address);
        !is_taken && self.others().is_empty()
    }

    fn describe_remains(&self) -> String {
        match self.others().first() {
            Some(process) => format!(
                "your command has left process {process} in the background, \
                 which cannot be ended from here: end it yourself"
            ),
            None => format!(
                "your command was stopped, and something still listens at {}: end it yourself",
                self.address
            ),
        }
    }
}

pub fn warn(text: &str) {
    let _ = writeln!(io::stderr(), "workshop: {text}");
}
