//! All commands, with their help.

pub mod check;
pub mod crowd;
pub mod help;
pub mod hint;
pub mod map;
pub mod show;
pub mod start;
pub mod talk;
pub mod watch;

use std::process::ExitCode;

use crate::cli::arguments::{Arguments, Stop};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "map",
        usage: "map",
        does: "list the steps, and what to type next (the default command)",
        more: "",
        run: map::run,
    },
    Command {
        name: "show",
        usage: "show N [OPTIONS] [--bin NAME | --at ADDRESS | -- COMMAND]",
        does: "show what is still wrong with step N, as a timeline",
        more: "\
\x20 --svg FILE    also write the timeline as a picture; on Linux with the calls
                that the server's threads are blocked in
  --animate     with --svg: let the rows appear one after the other, for readers
                who have not turned animations off
  --bin NAME    run the same scene on another program of this package: on the
                next step, or on yours ('mine'), you see the fix
  --at ADDRESS, -- COMMAND…   as for 'check'
",
        run: show::run,
    },
    Command {
        name: "start",
        usage: "start N [--force]",
        does: "copy step N to src/bin/mine, as your own program",
        more: "\
\x20 --force   replace the program that is there, and keep a copy beside it

Then change it until 'check' passes for the step after N. If you have fallen
behind, catch up with 'start N --force'. 'start 0' begins with an empty main, if
you want to write step 1 yourself.
",
        run: start::run,
    },
    Command {
        name: "check",
        usage: "check [N] [OPTIONS] [--bin NAME | --at ADDRESS | -- COMMAND]",
        does: "test a program against step N, and explain what is wrong",
        more: "\
Without N: every step in order, up to the first that fails.

  --bin NAME           a program of this package, such as 2-threads
                       (default: mine)
  --at ADDRESS         a server that is already running, as host:port
  -- COMMAND…          any command, in any language. {address}, {host} and
                       {port} in it are replaced; without any of them, the
                       server must listen at 127.0.0.1:1337. {file} is replaced
                       only where step 11 keeps its accounts, {redis} only
                       in step 12, by redis://127.0.0.1:PORT
  --patience SECONDS   timeout for each answer (default: 2)
  --sessions N         number of random sessions to run after the scenes
                       (default: 40)
  --seed N             random seed (default: 1)
  --one-by-one         run scenes one at a time (slower, steadier on a loaded
                       machine)
  --long               scenes that take half a minute or more, too

In the output, \"says\" means a full line (text plus newline); \"sends\" means
exactly those bytes.

Exit status: 0 if every check passed; 1 if one failed; 2 if the check could not
run, or a process it started could not be stopped.
",
        run: check::run,
    },
    Command {
        name: "watch",
        usage: "watch [check [N] … | show N …]",
        does: "check again whenever you save your program",
        more: "\
Arguments are those of 'check' or 'show'. Default: 'watch check'. With
'-- COMMAND', every file named in the command is watched.

While it waits, type h and Enter for the next hint, s for the timeline of your
program, q to quit.
",
        run: watch::run,
    },
    Command {
        name: "crowd",
        usage: "crowd [OPTIONS] [--bin NAME | --at ADDRESS | -- COMMAND]",
        does: "load-test a chat server: lost messages, latency, throughput",
        more: "\
Every client must receive every message, in the same order. With
'cargo run --release -- crowd …' the servers are built in release mode, too.

  --clients N          number of clients, 2 to 20000 (default: 100)
  --talkers N          how many of them send messages (default: 10, or all if
                       there are fewer)
  --messages N         total number of messages (default: 5000, with --stalled
                       10000). Each talker waits for its own message to come
                       back, so at most one per talker is in flight
  --stalled N          add N clients that never read. Messages are then 1000
                       bytes long instead of 32, to fill the operating system's
                       buffers
  --against NAME       also test this program of the package, in turn, and
                       compare the two
  --svg FILE           with --against: compare with 10, 100 and 1000 clients (or
                       with --clients, a tenth and a hundredth of them), and
                       draw how much faster one is
  --patience SECONDS   give up after this long without a delivery (default: 5)
  --seconds SECONDS    time limit for one test (default: 60)
  --bin NAME, --at ADDRESS, -- COMMAND…   as for 'check'. Repeat --at for
                       several servers that share one room

Latency is measured separately, one message at a time, until the last client has
received it. Memory and processor time are measured on Linux only.

Exit status: 0 if every client received everything; 1 if a message was lost,
doubled, torn or reordered, or if the server hung, ended or disconnected a
client; 2 if the test could not run.
",
        run: crowd::run,
    },
    Command {
        name: "hint",
        usage: "hint N [1|2|3]",
        does: "print a hint for step N: a question, an API, the code's shape",
        more: "",
        run: hint::run,
    },
    Command {
        name: "talk",
        usage: "talk [ADDRESS]",
        does: "connect to a chat server, like netcat",
        more: "\
ADDRESS is host:port (default: 127.0.0.1:1337). Each line that you type is sent;
what the server sends is printed. End of input (Ctrl-D; on Windows Ctrl-Z and
Enter) half-closes the connection; output continues until the server closes.

Exit status: 0 if the server closed the connection; 1 if connecting failed or
the connection was reset.
",
        run: talk::run,
    },
];

pub struct Command {
    pub name: &'static str,
    /// The usage line, without the program.
    pub usage: &'static str,
    /// One line for the list of commands.
    pub does: &'static str,
    /// The rest of the help.
    pub more: &'static str,
    pub run: fn(Arguments) -> Result<ExitCode, Stop>,
}

/// The command of this name, if there is one.
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}
