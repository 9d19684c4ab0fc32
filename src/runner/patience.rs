//! How long we wait, by what we wait for.

use std::time::Duration;

/// For an answer, unless the user says otherwise.
pub const ANSWER: Duration = Duration::from_secs(2);
/// For an answer where many sessions are played, and no single one counts: this part of the
/// patience, and never less than the second.
pub const SHORT_ANSWER: (u32, Duration) = (8, Duration::from_millis(250));
/// How much longer a right server may take on purpose, from the step with accounts on: it answers a
/// wrong key after a second.
pub const LOGIN_PAUSES: Duration = Duration::from_secs(2);
/// For the answer to one wrong key.
pub const LOGIN: Duration = Duration::from_millis(1100);
/// A program may take this many times the patience until it listens: it has to start first.
pub const START_FACTOR: u32 = 5;
/// On a busy machine we wait longer: by this many times what our own wake-ups came late in all, and
/// by this many times the patience at most.
pub const LATENESS: u32 = 4;
pub const MOST_EXTRA: u32 = 9;

/// Between two looks at something that nobody reports, such as the end of a program.
pub const POLL: Duration = Duration::from_millis(10);
/// Between two calls of `Observer::waiting`.
pub const STATUS: Duration = Duration::from_millis(50);

/// For a program to end after it has closed a connection.
pub const EXIT: Duration = Duration::from_millis(500);
/// For the last output of a program that has ended.
pub const LAST_OUTPUT: Duration = Duration::from_secs(2);
/// Until a turn that went wrong is over: for this long no client has received anything.
pub const QUIET: Duration = Duration::from_millis(60);
/// For what was missing, each time that another client has left.
pub const AFTERMATH: Duration = Duration::from_millis(250);
/// For a server to read what was sent, where nothing need come of it. Linux shows that all of its
/// threads wait for something: then it has done so. We look every `IDLE_POLL`.
pub const IDLE: Duration = Duration::from_millis(if cfg!(target_os = "linux") { 300 } else { 30 });
pub const IDLE_POLL: Duration = Duration::from_millis(1);

/// For a display: for a server to be idle, for its first line of output, and for its threads to be
/// seen in the same calls twice.
pub const IDLE_SHOWN: Duration = Duration::from_millis(100);
pub const FIRST_OUTPUT: Duration = Duration::from_millis(500);
pub const SETTLED: Duration = Duration::from_millis(400);
/// Between two looks at the server's threads, and between two turns: enough to look twice.
pub const SAMPLE: Duration = Duration::from_millis(20);
pub const PAUSE: Duration = Duration::from_millis(60);

/// A session that is played to its end, whatever goes wrong, may wait this long in all for answers
/// that never come: the number of these is what counts.
pub const ALL_TIMEOUTS: Duration = Duration::from_millis(1500);
/// For a cause, or for a smaller session, to be found. It is a safety net: what ends the search is
/// a number of tries.
pub const SEARCH: Duration = Duration::from_secs(60);
