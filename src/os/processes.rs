//! Processes: groups of them that end together, and whether they are idle.

use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

#[cfg(unix)]
pub use unix::Group;
#[cfg(not(unix))]
pub use windows::Group;

/// How long the system may take to end processes that were killed.
pub const TIME_TO_END: Duration = Duration::from_secs(5);

#[cfg(unix)]
mod unix {
    use std::io::Write;
    use std::os::unix::process::CommandExt;

    use super::{Child, Command, Stdio, TIME_TO_END, fs, io, numbers_in};
    use crate::os::polling::wait_until;

    /// What the leader of a group runs. Each line names a process that is to end with the group; 0
    /// ends all of them, and the leader with them. The end of the input does, too, but first it
    /// ends daemons where `/proc` shows their environment. A member may signal its whole group, and
    /// must not end the leader alone.
    const LEADER: &str = r#"
trap '' INT TERM HUP QUIT
while read -r process; do
  others="$others $process"
  [ "$process" = 0 ] && kill -s KILL -- $others
done
for round in 1 2 3; do
  kill -s KILL -- $others $(grep -laFs "WORKSHOP_GROUP=$$." /proc/[0-9]*/environ | tr -dc '0-9\n')
done
kill -s KILL -- $others 0
"#;

    /// A process group. It ends when it is dropped, or when this process ends, however that happens
    /// (Ctrl-C, `kill -9`): its leader is a shell whose input ends then. As the leader is there
    /// first, no member is ever without it.
    ///
    /// What a member starts is a member, too, unless it leaves the group as a daemon does.
    pub struct Group {
        leader: Option<Child>,
        /// This group, and one that a command may make for itself, as `timeout` does.
        numbers: Vec<u32>,
    }

    impl Group {
        /// Without a shell there is no leader, and the members stay in the group of this process.
        pub fn new() -> Group {
            let mut shell = Command::new("sh");
            shell.args(["-c", LEADER]).process_group(0);
            shell.stdin(Stdio::piped()).stdout(Stdio::null());
            let leader = shell.stderr(Stdio::null()).spawn().ok();
            let numbers = leader.iter().map(Child::id).collect();
            Group { leader, numbers }
        }

        /// Starts a command in this group.
        pub fn spawn(&mut self, command: &mut Command) -> io::Result<Child> {
            if let Some(leader) = &self.leader {
                command.process_group(leader.id().cast_signed());
                command.env("WORKSHOP_GROUP", format!("{}.", leader.id()));
            }
            let child = command.spawn()?;
            self.write_to_leader(&format!("-{}\n", child.id()));
            self.numbers.push(child.id());
            Ok(child)
        }

        fn write_to_leader(&mut self, line: &str) {
            let input = self
                .leader
                .as_mut()
                .and_then(|leader| leader.stdin.as_mut());
            if let Some(input) = input {
                let _ = input.write_all(line.as_bytes());
            }
        }

        /// The processes of the group that run, without the leader.
        pub fn members(&self) -> Vec<u32> {
            let Some(&leader) = self.numbers.first() else {
                return Vec::new();
            };
            let member = |line: &str| {
                let fields: Vec<&str> = line.split_whitespace().collect();
                let [process, group, state] = fields[..] else {
                    return None;
                };
                let process = process.parse().ok()?;
                let is_member = self.numbers.contains(&group.parse().ok()?);
                let runs = !state.starts_with(['Z', 'X']); // A zombie, or dead.
                (is_member && runs && process != leader).then_some(process)
            };
            list(leader).lines().filter_map(member).collect()
        }

        /// The processes that have left the group, and still have its variable.
        pub fn daemons(&self) -> Vec<u32> {
            let leader = self.numbers.first().copied().unwrap_or(u32::MAX);
            let mut found = younger(leader);
            found.retain(|process| has_variable(*process, &variable(leader)));
            let members = self.members();
            found.retain(|process| !members.contains(process));
            found
        }

        /// Kills all members.
        pub fn kill(&mut self) {
            self.write_to_leader("0\n");
            self.kill_with_daemons();
        }

        /// Kills all members, and daemons that have left the group. That takes longer.
        pub fn kill_with_daemons(&mut self) {
            if let Some(mut leader) = self.leader.take() {
                drop(leader.stdin.take());
                wait_until(TIME_TO_END, || !matches!(leader.try_wait(), Ok(None)));
                let _ = leader.kill();
                let _ = leader.wait();
            }
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            self.kill();
        }
    }

    /// Processes that may be members, a line each: number, group and state.
    fn list(leader: u32) -> String {
        if cfg!(target_os = "linux") {
            return younger(leader)
                .into_iter()
                .filter_map(line_from_proc)
                .collect();
        }
        let mut ps = Command::new("ps");
        ps.args(["-A", "-o", "pid=", "-o", "pgid=", "-o", "stat="]);
        let output = ps.output().map_or(Vec::new(), |output| output.stdout);
        String::from_utf8_lossy(&output).into_owned()
    }

    fn variable(leader: u32) -> String {
        format!("WORKSHOP_GROUP={leader}.")
    }

    fn has_variable(process: u32, variable: &str) -> bool {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        let mut entries = environment.split(|byte| *byte == 0);
        entries.any(|entry| entry == variable.as_bytes())
    }

    /// The processes that are younger than the leader of their group. Linux numbers upwards, until
    /// it restarts at the bottom: this mostly spares a look at hundreds of older processes.
    fn younger(leader: u32) -> Vec<u32> {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let newest = load
            .split_whitespace()
            .last()
            .and_then(|number| number.parse().ok());
        let mut numbers = numbers_in("/proc");
        if newest.is_some_and(|newest: u32| newest >= leader) {
            numbers.retain(|number| *number > leader);
        }
        numbers
    }

    fn line_from_proc(process: u32) -> Option<String> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // After the name, in brackets: state, parent, group.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let (state, group) = (fields.next()?, fields.nth(1)?);
        Some(format!("{process} {group} {state}\n"))
    }
}

#[cfg(not(unix))]
mod windows {
    use super::{Child, Command, Stdio, io};

    /// A process and all that it starts. Ctrl-C in a console reaches them without us.
    pub struct Group(Option<u32>);

    impl Group {
        pub fn new() -> Group {
            Group(None)
        }

        pub fn spawn(&mut self, command: &mut Command) -> io::Result<Child> {
            let child = command.spawn()?;
            self.0 = Some(child.id());
            Ok(child)
        }

        /// Not known here.
        pub fn members(&self) -> Vec<u32> {
            Vec::new()
        }

        /// Not known here.
        pub fn daemons(&self) -> Vec<u32> {
            Vec::new()
        }

        /// The same, as daemons are not known here.
        pub fn kill_with_daemons(&mut self) {
            self.kill();
        }

        /// Kills the whole tree.
        pub fn kill(&mut self) {
            let Some(process) = self.0.take() else { return };
            let mut taskkill = Command::new("taskkill");
            taskkill.args(["/T", "/F", "/PID", &process.to_string()]);
            let silent = taskkill.stdout(Stdio::null()).stderr(Stdio::null());
            let _ = silent.stdin(Stdio::null()).status();
        }
    }
}

/// The entries of a folder whose names are numbers.
pub fn numbers_in(folder: &str) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    entries.filter_map(number).collect()
}

/// Whether no thread of these processes runs, as far as Linux shows.
pub fn are_idle(processes: &[u32]) -> bool {
    let folders = processes
        .iter()
        .map(|process| format!("/proc/{process}/task"));
    let stats = folders.flat_map(|folder| {
        let threads = numbers_in(&folder).into_iter();
        threads.map(move |thread| fs::read_to_string(format!("{folder}/{thread}/stat")))
    });
    let mut stats = stats.peekable();
    stats.peek().is_some() && stats.all(|stat| is_idle(&stat.unwrap_or_default()))
}

/// After the name, in brackets, comes the state: R is running.
fn is_idle(stat: &str) -> bool {
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest);
    state.is_some_and(|state| !state.starts_with('R'))
}
