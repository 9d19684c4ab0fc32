//! All commands: what each is called, does, and is run by.

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

/// A command, with its help.
pub struct Command {
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    pub does: &'static str,
    /// The rest that one may want to know.
    pub more: &'static str,
    pub run: fn(Arguments) -> Result<ExitCode, Stop>,
}

pub const COMMANDS: &[Command] = &[
    Command {
        name: "map",
        usage: "map",
        does: "the steps, and what to type next; the same without 'map'",
        more: "",
        run: map::run,
    },
    Command {
        name: "show",
        usage: "show N [OPTIONS] [--bin NAME | --at ADDRESS | -- COMMAND]",
        does: "see what is still wrong with step N, as a timeline",
        more: "\
\x20 --svg FILE    also write it as a picture; on Linux with what the server's
                threads wait in
  --animate     let the picture's rows appear one after the other, for readers
                who have not asked their computer for less motion
  --bin NAME    play the same scene on another program of this package: on the
                next step, or on yours ('mine'), you see the fix
  --at ADDRESS, -- COMMAND…   as for 'check'
",
        run: show::run,
    },
    Command {
        name: "start",
        usage: "start N [--force]",
        does: "make step N your own program, src/bin/mine",
        more: "\
\x20 --force   replace the program that you have; a copy of it is kept beside it

Then change it until 'check' passes for the step after N. If you have fallen
behind, catch up with 'start N --force'. 'start 0' begins with an empty main, if
you want to write step 1 yourself.
",
        run: start::run,
    },
    Command {
        name: "check",
        usage: "check [N] [OPTIONS] [--bin NAME | --at ADDRESS | -- COMMAND]",
        does: "try a program against step N, and explain what is wrong",
        more: "\
Without N: every step in order, up to the first that fails: your progress.

  --bin NAME           a program of this package, such as 2-threads;
                       default: mine
  --at ADDRESS         a server that is running already, as host:port
  -- COMMAND…          any command, in any language; {address}, {host} and
                       {port} in it are filled in; with none of them in it,
                       the server has to listen at 127.0.0.1:1337. A {file} is
                       filled in only where step 7's accounts are to be kept,
                       {redis} only for step 8, as redis://127.0.0.1:PORT
  --patience SECONDS   how long each answer may take; default: 2
  --sessions N         how many sessions to make up after the scenes;
                       default: 40
  --seed N             which ones; default: 1
  --one-by-one         no two scenes at the same time: slower, and easier on a
                       busy machine

In what is printed, somebody who says something sends it with a newline at its
end; somebody who sends something sends just that.

The exit status is 0 if all passed, 1 if a check failed, 2 if it could not try,
or if something that the command has started could not be ended.
",
        run: check::run,
    },
    Command {
        name: "watch",
        usage: "watch [check [N] … | show N …]",
        does: "check again whenever you save your program",
        more: "\
What stands behind it is as for 'check', or as for 'show'; 'watch' alone is
'watch check'. Of a command behind --, the files that it names are watched.
While it waits: h and Enter gives the next hint, s the picture of your program,
q ends it.
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
        does: "how to get to step N: a question, an API, the code's shape",
        more: "",
        run: hint::run,
    },
    Command {
        name: "talk",
        usage: "talk [ADDRESS]",
        does: "talk to a server, if you have no netcat",
        more: "\
ADDRESS is host:port, 127.0.0.1:1337 if not given. What you type is sent line
by line, what comes is printed. The end of your input (Ctrl-D; on Windows Ctrl-Z
and Enter) says that you are done; what still comes is printed.

The exit status is 0 if the connection ended in order, 1 if it could not be made
or was reset.
",
        run: talk::run,
    },
];

/// The command of this name, if there is one.
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}
