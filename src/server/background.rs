//! A command that was started, and all the processes that come of it, also in the background.
//!
//! They are in a process group of their own. What leaves the group, as a daemon does, keeps a
//! variable in its environment, by which Linux shows it. If something else is left at the
//! command's address in the end, the user is told.

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

/// How long a command that has succeeded may take until its server listens in the background.
const TIME_TO_LISTEN: Duration = Duration::from_secs(3);

/// A process that is executing another program has no environment for a moment. A daemon has
/// ended only if none was seen for this long.
const TIME_TO_EXECUTE: Duration = Duration::from_millis(100);

/// What could not be ended.
static LEFT: OnceLock<String> = OnceLock::new();

/// Why the workshop cannot end with success: something that it has started still runs.
pub fn left_running() -> Option<&'static str> {
    LEFT.get().map(String::as_str)
}

pub struct Job {
    /// Where it was told to listen, or has to. Nothing listened there before.
    pub address: SocketAddr,
    /// Keeps other runs of the workshop from the port, if it was told one.
    _reservation: Option<Reservation>,
    child: Child,
    group: Group,
    /// It may be a shell or the like, whose children do the work.
    forks: bool,
    announcement: Announcement,
    /// When the command has ended, and since when no other process of it was seen.
    ended_at: Option<Instant>,
    gone_since: Option<Instant>,
    has_daemons: bool,
}

impl Job {
    /// Runs the program, and reads what it prints.
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

    /// Where it says that it listens.
    pub fn announced_address(&self) -> Option<SocketAddr> {
        self.announcement.get().copied()
    }

    /// All its processes, as far as they are known. The work is mostly done by the last.
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

    /// How the command ended, if it has, and has left no server in the background.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok()??;
        let goes_on = self.forks && self.goes_on() && status.success();
        (!goes_on).then_some(status)
    }

    /// The command has ended. Does a server of it run in the background, or will it soon?
    fn goes_on(&mut self) -> bool {
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

    /// Looks for processes that have left the group. Returns whether there is any.
    pub fn find_daemons(&mut self) -> bool {
        self.has_daemons = !self.group.daemons().is_empty();
        self.has_daemons
    }

    /// Reports, once, that a command goes on in the background.
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

    /// Ends all its processes. What cannot be ended is kept for the exit status.
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
            let _ = LEFT.set(self.what_is_left());
        }
    }

    fn is_over(&self) -> bool {
        let is_taken = cfg!(unix) && sockets::is_taken(self.address);
        !is_taken && self.others().is_empty()
    }

    fn what_is_left(&self) -> String {
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
