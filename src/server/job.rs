//! A command that was started, and all the processes that come of it.
//!
//! They are in a process group of their own. What leaves the group, as a daemon does, is found by
//! the port that only this command was told (on Linux), or its port is found taken in the end: then
//! the user is told.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Once, OnceLock};
use std::time::{Duration, Instant};

use crate::error::CouldNotTry;
use crate::os::polling::wait_until;
use crate::os::processes::{self, Group, TIME_TO_END};
use crate::os::sockets;
use crate::server::output::{self, Announcement, Printed};
use crate::server::port::Reservation;
use crate::server::program::{Executable, USUAL_ADDRESS};

/// How long a command that has succeeded may take until its server listens in the background.
const TIME_TO_LISTEN: Duration = Duration::from_secs(3);

/// Commands that succeed leave no daemon: the first one did not, and the next need no such time.
static LEAVES_NO_DAEMON: AtomicBool = AtomicBool::new(false);

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
    reservation: Option<Reservation>,
    child: Child,
    group: Group,
    /// It may be a shell or the like, whose children do the work.
    forks: bool,
    announcement: Announcement,
    /// What listens at its port and has left its group.
    daemons: Vec<u32>,
    succeeded_at: Option<Instant>,
    has_served_since: bool,
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
            reservation,
            child,
            group,
            forks: executable.forks,
            announcement,
            daemons: Vec::new(),
            succeeded_at: None,
            has_served_since: false,
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
        others.retain(|process| *process != self.child.id());
        others.extend(&self.daemons);
        others
    }

    /// How the command ended, if it has, and has left no server in the background.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok()??;
        let goes_on = status.success() && self.forks && self.goes_on();
        (!goes_on).then_some(status)
    }

    /// The command has succeeded. Does a server of it run in the background, or will it soon?
    fn goes_on(&mut self) -> bool {
        let since = *self.succeeded_at.get_or_insert_with(Instant::now);
        if self.serves() || self.find_daemons() {
            self.has_served_since = true;
            self.report("it is tried there, and ended.");
            return true;
        }
        let has_time = since.elapsed() < TIME_TO_LISTEN;
        match self.others().is_empty() {
            _ if self.has_served_since => false,
            true => self.may_become_daemon(has_time),
            false => has_time || !sockets::ARE_LISTED,
        }
    }

    /// Whether some other process than the command listens.
    fn serves(&self) -> bool {
        !sockets::listening(&self.others()).is_empty()
    }

    /// Whether a daemon may be starting, which nothing shows before it listens.
    fn may_become_daemon(&self, has_time: bool) -> bool {
        if !has_time {
            LEAVES_NO_DAEMON.store(true, Ordering::Relaxed);
        }
        let is_ruled_out = LEAVES_NO_DAEMON.load(Ordering::Relaxed);
        !is_ruled_out && self.announcement.get().is_none() && self.reservation.is_some()
    }

    /// Looks for what listens at the command's port without being in its group. Returns whether
    /// there is any.
    pub fn find_daemons(&mut self) -> bool {
        if self.reservation.is_none() {
            return false;
        }
        let mut found = sockets::listening_at(self.address.port(), &processes::numbers());
        let members = self.group.members();
        found.retain(|process| *process != self.child.id() && !members.contains(process));
        found
            .iter()
            .filter(|process| !self.daemons.contains(process))
            .for_each(|process| self.group.add(*process));
        self.daemons = found;
        !self.daemons.is_empty()
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
        if self.succeeded_at.is_some() && !self.others().is_empty() {
            self.report("it is ended.");
        }
        if self.succeeded_at.is_some() {
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

    /// Whether nothing is left. A daemon that is found only now is killed.
    fn is_over(&mut self) -> bool {
        let is_taken = cfg!(unix) && sockets::is_taken(self.address);
        if is_taken && self.find_daemons() {
            let mut group = Group::new();
            self.daemons.iter().for_each(|daemon| group.add(*daemon));
        }
        !is_taken && self.group.members().is_empty()
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
