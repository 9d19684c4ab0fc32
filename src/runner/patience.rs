//! Timeouts and intervals, by what is waited for.

use std::time::Duration;

/// For an answer, unless the user sets another patience.
pub const ANSWER: Duration = Duration::from_secs(2);
/// For an answer where many sessions run and no single one matters: this fraction of the patience,
/// but at least the second value.
pub const SHORT_ANSWER: (u32, Duration) = (8, Duration::from_millis(250));
/// How much longer a correct server may deliberately take from the step with accounts on: it delays
/// the answer to a wrong key by a second.
pub const LOGIN_PAUSES: Duration = Duration::from_secs(2);
/// For the answer to one wrong key.
pub const LOGIN: Duration = Duration::from_millis(1100);
/// How many times the patience a program may take until it listens: it has to start first.
pub const START_FACTOR: u32 = 5;
/// On a busy machine we wait longer: by this multiple of the total delay of our own wake-ups, up to
/// this multiple of the patience.
pub const LATENESS: u32 = 4;
pub const MOST_EXTRA: u32 = 9;

/// Between two polls of something that is not reported, such as the exit of a program.
pub const POLL: Duration = Duration::from_millis(10);
/// Between two calls of `Observer::waiting`.
pub const STATUS: Duration = Duration::from_millis(50);

/// For a program to exit after it has closed a connection.
pub const EXIT: Duration = Duration::from_millis(500);
/// For the last output of a program that has exited.
pub const LAST_OUTPUT: Duration = Duration::from_secs(2);
/// A failing turn is over once no client has received anything for this long.
pub const QUIET: Duration = Duration::from_millis(60);
/// For the missing reply, each time another client acts.
pub const AFTERMATH: Duration = Duration::from_millis(250);
/// For a server to read input that needs no reply. On Linux it has done so once all its threads are
/// blocked, which we poll every `IDLE_POLL`.
pub const IDLE: Duration = Duration::from_millis(if cfg!(target_os = "linux") { 300 } else { 30 });
pub const IDLE_POLL: Duration = Duration::from_millis(1);

/// For a display: until a server is idle, prints its first line, and has its threads in the same
/// calls twice.
pub const IDLE_SHOWN: Duration = Duration::from_millis(100);
pub const FIRST_OUTPUT: Duration = Duration::from_millis(500);
pub const SETTLED: Duration = Duration::from_millis(400);
/// Between two samples of the server's threads; and between two turns, enough for two samples.
pub const SAMPLE: Duration = Duration::from_millis(20);
pub const PAUSE: Duration = Duration::from_millis(60);

/// The total time that a session played to its end may wait for answers that never come.
pub const ALL_TIMEOUTS: Duration = Duration::from_millis(1500);
/// For a diagnosis, or for shrinking. Only a safety net: the number of tries bounds the search.
pub const SEARCH: Duration = Duration::from_secs(60);
