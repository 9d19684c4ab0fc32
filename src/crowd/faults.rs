//! What was wrong with a server, in words.

use std::io;
use std::net::SocketAddr;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use super::Options;
use super::client::Client;
use super::figures::thousands;
use super::room::{Room, Stuck};
use super::transcript::Divergence;
use crate::cli::terminal::{Paint, say, say_labelled, say_last_words};
use crate::text::excerpt;

/// How many examples of faults are shown.
const EXAMPLES: usize = 3;

/// What a newcomer finds after a test in which something went wrong.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum State {
    /// It comes in: somebody hears something of it.
    #[default]
    Answers,
    /// It can connect, as the operating system accepts for the server, and nobody hears anything.
    Hung,
    /// Nobody listens any more.
    Dead(SocketAddr),
}

/// Everything that went wrong in one test.
#[derive(Default)]
pub struct Faults {
    stuck: Option<String>,
    /// The test ended before the clients could talk.
    before_talking: bool,
    never_listened: bool,
    /// The time was up while it still delivered.
    is_too_slow: bool,
    stalled: usize,
    delivered: usize,
    expected: usize,
    twice: usize,
    late: usize,
    torn: usize,
    /// How many clients heard everything, but in another order than the others.
    other_order: usize,
    /// How many clients the server has disconnected.
    gone: usize,
    examples: Vec<String>,
    pub server_ended: Option<ExitStatus>,
    /// What became of the server, as a newcomer saw it at the end.
    pub state: State,
    /// What the server wrote to its standard error.
    pub stderr: Vec<u8>,
}

impl Faults {
    pub fn never_listened(address: SocketAddr, ended: Option<ExitStatus>) -> Faults {
        let what = match ended {
            Some(status) => format!("it ended before it listened: {status}"),
            None => format!("nobody listens at {address}"),
        };
        Faults {
            stuck: Some(what),
            before_talking: true,
            never_listened: true,
            ..Faults::default()
        }
    }

    /// Compares what each client has heard with what it should have heard.
    pub fn of(room: &Room, stuck: Option<Stuck>, options: &Options) -> Faults {
        let mut faults = Faults {
            before_talking: !room.is_open,
            is_too_slow: matches!(stuck, Some(Stuck::TimeIsUp)),
            stuck: stuck.map(|stuck| what_stuck(&stuck, room)),
            stalled: options.stalled,
            delivered: room.deliveries(),
            expected: room.said * room.clients.len(),
            ..Faults::default()
        };
        let said: Vec<usize> = room.clients.iter().map(|client| client.said).collect();
        for (index, client) in room.clients.iter().enumerate() {
            faults.gone += usize::from(client.is_gone);
            // What may still come is not lost.
            let missed = missed(client, room, &said).filter(|_| !faults.is_too_slow);
            let missed = missed.map(|missed| format!("never heard {missed}"));
            let divergence = client.cursor.divergence.as_deref();
            let first = divergence.map(|divergence| faults.count(divergence));
            // A client that has only missed a line heard the next one too early: the missed line says more.
            let is_plain =
                divergence.is_none_or(|divergence| divergence.twice + divergence.torn == 0);
            let text = if is_plain { missed.or(first) } else { first };
            if let Some(text) = text.filter(|_| faults.examples.len() < EXAMPLES) {
                faults.examples.push(format!("client {} {text}", index + 1));
            }
        }
        faults
    }

    /// Counts a client's faults, and describes the first.
    fn count(&mut self, divergence: &Divergence) -> String {
        self.twice += divergence.twice;
        self.late += divergence.late;
        self.torn += divergence.torn;
        self.other_order += usize::from(divergence.is_order_alone());
        let expected = divergence
            .expected
            .as_ref()
            .map_or_else(String::new, |expected| {
                format!(", where others heard {}", quoted(expected))
            });
        format!("heard {}{expected}", quoted(&divergence.heard))
    }

    pub fn any(&self) -> bool {
        self.stuck.is_some()
            || self.lost() > 0
            || self.twice + self.late + self.torn + self.other_order + self.gone > 0
    }

    pub fn status(&self) -> ExitCode {
        ExitCode::from(u8::from(self.any()))
    }

    /// Prints what went wrong, or that nothing did.
    pub fn print(&self) {
        let paint = Paint::for_stream(&io::stdout());
        if !self.any() {
            let expected = thousands(self.expected);
            return say(&format!(
                "  {} all {expected} deliveries: everybody heard everything, in the same order",
                paint.green("✓")
            ));
        }
        for line in self.lines() {
            say(&format!("  {} {line}", paint.red("✗")));
        }
        for example in &self.examples {
            say(&format!("      {example}"));
        }
        say_last_words("error", &String::from_utf8_lossy(&self.stderr));
        let (means, look_at) = self.explanation();
        say_labelled("It means", means);
        say_labelled("Look at", look_at);
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.stuck.iter().cloned().collect();
        match (self.server_ended, self.state) {
            _ if self.never_listened => {}
            (Some(status), _) => lines.push(format!("the server ended: {status}")),
            (None, State::Dead(address)) => {
                lines.push(format!(
                    "the server ended: nobody listens at {address} any more"
                ));
            }
            _ => {}
        }
        let of_all = format!(" of {} deliveries", thousands(self.expected));
        let counts = [
            (
                self.lost(),
                if self.is_too_slow {
                    "not delivered so far: "
                } else {
                    "lost: "
                },
                of_all.as_str(),
            ),
            (self.twice, "heard twice: ", ""),
            (self.late, "heard after the next of the same client: ", ""),
            (self.torn, "torn, or not as they were said: ", ""),
            (
                self.other_order(),
                "in another order: what ",
                " of the clients heard",
            ),
            (
                self.gone,
                "disconnected, though they read all they got: ",
                " of the clients",
            ),
        ];
        for (count, before, after) in counts {
            if count > 0 {
                lines.push(format!("{before}{}{after}", thousands(count)));
            }
        }
        lines
    }

    fn lost(&self) -> usize {
        self.expected.saturating_sub(self.delivered)
    }

    /// Where lines are lost, the order differs for that reason alone.
    fn other_order(&self) -> usize {
        if self.lost() == 0 {
            self.other_order
        } else {
            0
        }
    }

    /// What the worst of the faults means, and where to look.
    fn explanation(&self) -> (&'static str, &'static str) {
        match self {
            Faults {
                never_listened: true,
                ..
            } => (
                "your server does not listen where it was told to.",
                "the address that it gets as an argument, and what it does before it listens.",
            ),
            Faults {
                server_ended: Some(_),
                ..
            }
            | Faults {
                state: State::Dead(_),
                ..
            } => (
                "your server ended, and everybody was cut off.",
                "what it wrote at its end, and which error of one client ends it all.",
            ),
            Faults {
                stuck: Some(_),
                state: State::Hung,
                ..
            } => (
                "your server stands still: it answers nobody any more.",
                "what each of its threads waits for: a lock, or a write? Or has somebody \
                 stopped it (Ctrl-Z, a debugger)?",
            ),
            Faults {
                before_talking: true,
                ..
            } => (
                "what one client says does not reach all others: your server is not a chat yet, \
                 or somebody cannot come in.",
                "cargo run -- check 3",
            ),
            Faults {
                stuck: Some(_),
                stalled: 1..,
                is_too_slow: false,
                ..
            } => (
                "one client that reads nothing freezes the whole room.",
                "the write to a client that may have to wait: who waits for it, and which lock \
                 is held meanwhile?",
            ),
            Faults { torn: 1.., .. } => (
                "lines mix: your server writes one line in pieces, or two threads write at once.",
                "how a line is written: put it together first, then one write of it all, under \
                 the lock.",
            ),
            Faults { twice: 1.., .. } => (
                "your server sends some lines again.",
                "who may be in the list more than once, and what is sent again after a write \
                 that took only a part.",
            ),
            Faults { gone: 1.., .. } => (
                "your server disconnects clients that are not slow.",
                "how much may wait for a client before it counts as stalled, and what is done \
                 when a write fails.",
            ),
            _ if self.late > 0 || self.other_order() > 0 => (
                "your server shows the same lines to different clients in different order.",
                "the loop that writes to all: one lock around all of it, not one for each write.",
            ),
            Faults {
                is_too_slow: true, ..
            } => (
                "your server needs more time for so many messages.",
                "--messages and --seconds first. Then what it does for each delivery.",
            ),
            _ => (
                "your server loses lines.",
                "what becomes of a line that cannot be written at once, or that arrives \
                 together with another.",
            ),
        }
    }
}

/// The first message that a client should have heard and has not.
fn missed(client: &Client, room: &Room, said: &[usize]) -> Option<String> {
    let (heard, missing) = client.cursor.account(&room.transcript);
    let rest = (0..said.len()).filter(|&of| heard[of] < said[of]);
    let mut all = missing.into_iter().chain(rest.map(|of| (of, heard[of])));
    let (of, number) = all.next()?;
    Some(format!("message {} of client {}", number + 1, of + 1))
}

fn what_stuck(stuck: &Stuck, room: &Room) -> String {
    let missing = room.behind().count();
    let number = room.behind().next().map_or(1, |index| index + 1);
    let who = match missing {
        0 | 1 => format!("client {number} waits"),
        _ => format!("{missing} clients wait, such as client {number}"),
    };
    match stuck {
        Stuck::CannotConnect(number, error) => {
            format!("client {number} could not connect: {error}")
        }
        Stuck::Disconnected(number) => format!("client {number} was disconnected as it came in"),
        Stuck::AllDisconnected => "everybody was disconnected".to_string(),
        Stuck::Silent(patience) => {
            format!(
                "stuck: for {} nobody heard anything; {who}",
                seconds(*patience)
            )
        }
        Stuck::TimeIsUp => format!("not done when the time was up; {who}"),
    }
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

/// A line in quotes, without its newline and its padding.
fn quoted(line: &[u8]) -> String {
    let line = line.trim_ascii_end();
    let padding = line.iter().rev().take_while(|byte| **byte == b'-').count();
    let end = if padding > 8 {
        line.len() - padding
    } else {
        line.len()
    };
    format!("\"{}\"", excerpt(line[..end].trim_ascii_end()))
}
