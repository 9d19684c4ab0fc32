//! The faults of a load test, and their causes.

use std::io;

use super::room::{Abort, Liveness, Room};
use super::transcript::{Defects, Divergence};
use crate::cli::terminal::{Paint, print_field, print_line, print_output_tail};
use crate::text::{excerpt, thousands};

/// How many examples are printed.
const EXAMPLES: usize = 3;

/// Everything that went wrong in one test.
#[derive(Default)]
pub struct Faults {
    abort: Option<Abort>,
    /// The test was aborted before the clients could talk.
    before_talking: bool,
    /// How many clients never read.
    stalled: usize,
    delivered: usize,
    expected: usize,
    defects: Defects,
    /// How many clients received everything, but in another order than the others.
    reordered: usize,
    /// How many clients the server disconnected.
    disconnected: usize,
    examples: Vec<String>,
    pub liveness: Liveness,
    /// What the server wrote to its standard error.
    pub stderr: Vec<u8>,
}

/// Why a test failed, and what to print about it.
struct Cause {
    /// Its id, for the tests: the words may change.
    #[cfg_attr(not(test), allow(dead_code))]
    id: &'static str,
    fits: fn(&Faults) -> bool,
    means: &'static str,
    look_at: &'static str,
}

/// The first that fits is reported: those that explain most come first.
const CAUSES: [Cause; 11] = [
    Cause {
        id: "never-listened",
        fits: |faults| matches!(faults.abort, Some(Abort::NeverListened(_))),
        means: "your server does not listen at the address that it was given.",
        look_at: "how it reads its address, and what it does before it listens.",
    },
    Cause {
        id: "ended",
        fits: |faults| matches!(faults.liveness, Liveness::Dead(_)),
        means: "your server ended, and every client was disconnected.",
        look_at: "its last output, and whether one client's error can end the process.",
    },
    Cause {
        id: "hung",
        fits: |faults| faults.abort.is_some() && faults.liveness == Liveness::Hung,
        means: "your server hangs: it no longer answers any client.",
        look_at: "the call that each of its threads is blocked in: a lock, or a write? Or was the \
                  process stopped (Ctrl-Z, a debugger)?",
    },
    Cause {
        id: "not-a-chat",
        fits: |faults| faults.before_talking,
        means: "what one client sends does not reach all the others: your server is not a chat \
                yet, or a client cannot join.",
        look_at: "cargo run -- check 3",
    },
    Cause {
        id: "frozen-by-stalled-client",
        fits: |faults| faults.abort.is_some() && faults.stalled > 0 && !faults.is_too_slow(),
        means: "one client that never reads freezes the whole room.",
        look_at: "the write to a client, which may block: which threads wait for it, and which \
                  lock is held meanwhile?",
    },
    Cause {
        id: "torn-lines",
        fits: |faults| faults.defects.torn > 0,
        means: "lines mix: your server writes one line in pieces, or two threads write at once.",
        look_at: "how a line is written: format it whole first, then write it in one call, under \
                  the lock.",
    },
    Cause {
        id: "doubled-lines",
        fits: |faults| faults.defects.doubled > 0,
        means: "your server sends some lines twice.",
        look_at: "clients that may be in the list twice, and what is sent again after a write \
                  that took only a part.",
    },
    Cause {
        id: "disconnected-clients",
        fits: |faults| faults.disconnected > 0,
        means: "your server disconnects clients that are not slow.",
        look_at: "how much may wait for a client before it counts as stalled, and what happens \
                  when a write fails.",
    },
    Cause {
        id: "different-order",
        fits: |faults| faults.defects.late + faults.reordered() > 0,
        means: "your server sends the same lines to different clients in different orders.",
        look_at: "the broadcast loop: hold one lock around the whole loop, not one for each write.",
    },
    Cause {
        id: "too-slow",
        fits: Faults::is_too_slow,
        means: "your server needs more time for this many messages.",
        look_at: "--messages and --seconds first. Then the work that it does for each delivery.",
    },
    Cause {
        id: "lost-lines",
        fits: |_| true,
        means: "your server loses lines.",
        look_at: "what happens to a line that cannot be written at once, or that arrives together \
                  with another.",
    },
];

impl Faults {
    pub fn never_listened(reason: String) -> Faults {
        Faults {
            abort: Some(Abort::NeverListened(reason)),
            ..Faults::default()
        }
    }

    /// Compares what each client has received with what was sent.
    pub fn of(room: &Room, abort: Option<Abort>, stalled: usize) -> Faults {
        let mut faults = Faults {
            abort,
            before_talking: !room.is_open,
            stalled,
            delivered: room.deliveries(),
            expected: room.sent * room.clients.len(),
            disconnected: room.clients.iter().filter(|client| client.is_gone).count(),
            ..Faults::default()
        };
        let sent: Vec<usize> = room.clients.iter().map(|client| client.sent).collect();
        for (index, client) in room.clients.iter().enumerate() {
            let divergence = client.cursor.divergence.as_deref();
            divergence.inspect(|divergence| faults.count(divergence));
            let missed = if faults.is_too_slow() {
                None // Messages that may still come are not lost.
            } else {
                room.received(client).first_missing(&sent)
            };
            if let Some(text) = example(missed, divergence)
                && faults.examples.len() < EXAMPLES
            {
                faults.examples.push(format!("client {} {text}", index + 1));
            }
        }
        faults
    }

    /// The time was up while the server still delivered.
    fn is_too_slow(&self) -> bool {
        matches!(self.abort, Some(Abort::TimeIsUp(_)))
    }

    fn lost(&self) -> usize {
        self.expected.saturating_sub(self.delivered)
    }

    /// If lines are lost, the order differs for that reason alone.
    fn reordered(&self) -> usize {
        if self.lost() == 0 { self.reordered } else { 0 }
    }

    pub fn any(&self) -> bool {
        let clients = self.reordered + self.disconnected;
        let is_right = self.defects == Defects::default() && clients + self.lost() == 0;
        self.abort.is_some() || !is_right
    }

    fn cause(&self) -> &'static Cause {
        let [others @ .., last] = &CAUSES;
        others
            .iter()
            .find(|cause| (cause.fits)(self))
            .unwrap_or(last)
    }

    fn count(&mut self, divergence: &Divergence) {
        self.defects.doubled += divergence.defects.doubled;
        self.defects.late += divergence.defects.late;
        self.defects.torn += divergence.defects.torn;
        self.reordered += usize::from(divergence.is_order_alone());
    }

    /// Prints what went wrong, or that nothing did.
    pub fn print(&self) {
        let paint = Paint::for_stream(&io::stdout());
        if !self.any() {
            let expected = thousands(self.expected);
            let received = "every client received every message, in the same order";
            return print_line(&format!(
                "  {} all {expected} deliveries: {received}",
                paint.green("✓")
            ));
        }
        for line in self.lines() {
            print_line(&format!("  {} {line}", paint.red("✗")));
        }
        for example in &self.examples {
            print_line(&format!("      {example}"));
        }
        print_output_tail("error", &String::from_utf8_lossy(&self.stderr));
        let cause = self.cause();
        print_field("It means", cause.means);
        print_field("Look at", cause.look_at);
    }

    fn lines(&self) -> Vec<String> {
        let count = |what: &str, count: usize, of: &str| {
            (count > 0).then(|| format!("{what}: {}{of}", thousands(count)))
        };
        let end = match &self.liveness {
            Liveness::Dead(reason) => Some(format!("the server ended: {reason}")),
            _ => None,
        };
        let not_delivered = if self.is_too_slow() {
            "not delivered yet"
        } else {
            "lost"
        };
        let of_all = format!(" of {} deliveries", thousands(self.expected));
        let (clients, late) = (
            " of the clients",
            "received after a later one of the same client",
        );
        let lines = [
            self.abort.as_ref().map(Abort::to_string),
            end,
            count(not_delivered, self.lost(), &of_all),
            count("received twice", self.defects.doubled, ""),
            count(late, self.defects.late, ""),
            count("torn, or changed", self.defects.torn, ""),
            count("in another order", self.reordered(), clients),
            count(
                "disconnected, though they read everything",
                self.disconnected,
                clients,
            ),
        ];
        lines.into_iter().flatten().collect()
    }
}

/// What a client missed, or what it received instead.
fn example(missed: Option<(usize, usize)>, divergence: Option<&Divergence>) -> Option<String> {
    let defects = divergence
        .map(|divergence| divergence.defects)
        .unwrap_or_default();
    let missed = missed.map(|(client, number)| {
        let (client, number) = (client + 1, number + 1);
        format!("missed message {number} from client {client}")
    });
    // A client that only misses a line receives the next one too early: the missed line says more.
    match missed {
        Some(missed) if defects.doubled + defects.torn == 0 => Some(missed),
        _ => divergence.map(describe_first),
    }
}

/// The first line that differs.
fn describe_first(divergence: &Divergence) -> String {
    let received = format!("received {}", quoted(&divergence.line));
    match &divergence.expected {
        Some(expected) => format!("{received}, where others received {}", quoted(expected)),
        None => received,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A client that misses lines also receives others too early; a dead server explains both.
    #[test]
    fn the_fault_that_explains_the_others_is_the_cause() {
        let mut faults = Faults {
            delivered: 8,
            expected: 10,
            ..Faults::default()
        };
        assert_eq!(faults.cause().id, "lost-lines");
        faults.abort = Some(Abort::TimeIsUp(String::new()));
        assert_eq!(faults.cause().id, "too-slow");
        faults.defects.late = 1;
        assert_eq!(faults.cause().id, "different-order");
        faults.disconnected = 1;
        assert_eq!(faults.cause().id, "disconnected-clients");
        faults.abort = Some(Abort::AllDisconnected);
        faults.stalled = 1;
        assert_eq!(faults.cause().id, "frozen-by-stalled-client");
        faults.liveness = Liveness::Hung;
        assert_eq!(faults.cause().id, "hung");
        faults.liveness = Liveness::Dead("a signal".to_string());
        assert_eq!(faults.cause().id, "ended");
    }
}
