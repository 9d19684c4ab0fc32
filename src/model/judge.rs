//! Judges a turn: compares what each client has received with what the contract expects, and names
//! the first thing that is wrong.

use std::time::Duration;

use crate::model::contract::{Action, ClientId, Contract, Expected, Pattern};
use crate::model::matching::{
    Compared, End, compare, contains, first_line, is_notice, lines, unbounded_tail,
};
use crate::model::session::{Session, Turn};
use crate::model::verdict::{Divergence, Verdict};

/// What a client was to hear in a turn, and what it has heard.
pub struct Hearing<'t> {
    pub client: ClientId,
    pub expected: &'t [Expected],
    pub heard: &'t [u8],
    pub end: Option<End>,
    pub compared: Compared,
}

/// Under which terms a turn is judged.
#[derive(Clone, Copy)]
pub struct Terms {
    /// The number of the turn.
    pub number: usize,
    /// How long an answer may take.
    pub patience: Duration,
    /// Clients that hear nothing at all come first: all of the patience was waited for them.
    pub wait_full_timeout: bool,
    pub servers: usize,
}

impl<'t> Hearing<'t> {
    /// `may_end`: the server may end this connection. `is_foreign`: which lines are no part of the
    /// session.
    pub fn new(
        client: ClientId,
        expected: &'t [Expected],
        (heard, end): (&'t [u8], Option<End>),
        may_end: bool,
        is_foreign: &dyn Fn(&[u8]) -> bool,
    ) -> Hearing<'t> {
        let compared = match compare(expected, heard, end, is_foreign) {
            // It must not end. Lines of the server's own that came before are no part of this.
            Compared::Met(at) if end.is_some() && !may_end => Compared::Differs {
                item: expected.len(),
                at: if unbounded_tail(expected).is_empty() {
                    at
                } else {
                    heard.len()
                },
            },
            compared => compared,
        };
        Hearing {
            client,
            expected,
            heard,
            end,
            compared,
        }
    }

    /// How many bytes are all that it was to hear, if it has heard that.
    pub fn used(&self) -> Option<usize> {
        match self.compared {
            Compared::Met(used) => Some(used),
            _ => None,
        }
    }

    pub fn is_met(&self) -> bool {
        self.used().is_some()
    }

    pub fn differs(&self) -> bool {
        matches!(self.compared, Compared::Differs { .. })
    }

    /// Whether the client is to hear something, and has heard nothing.
    pub fn is_left_out(&self) -> bool {
        matches!(self.compared, Compared::Waits { .. }) && self.heard.is_empty()
    }

    /// All that it was to hear, as far as the words are the contract's.
    fn expected_bytes(&self) -> Vec<u8> {
        let bytes = self.expected.iter().map(|expected| match expected {
            Expected::Bytes(bytes) => bytes.as_slice(),
            _ => &[],
        });
        bytes.collect::<Vec<_>>().concat()
    }

    /// How far down it stands among those with which something is wrong.
    fn rank(&self, turn: &Turn, terms: Terms) -> usize {
        let is_actor = turn.acts.iter().any(|act| act.who == self.client);
        match self.compared {
            _ if terms.wait_full_timeout && self.is_left_out() => 0,
            Compared::Differs { at, .. } if self.heard.len() > at => 1,
            Compared::Waits { at, .. } if self.heard.len() > at => 2,
            Compared::Differs { .. } => 3,
            Compared::Waits { .. } => 5 - usize::from(is_actor),
            Compared::Met(_) => 9,
        }
    }

    fn verdict(&self, turn: &Turn, patience: Duration) -> Verdict {
        let (Compared::Differs { item, at } | Compared::Waits { item, at }) = self.compared else {
            return silent(Vec::new(), patience);
        };
        // Where anything may come, what was heard is right: what comes next is missing.
        let is_anything = |one: &&Expected| matches!(one, Expected::Matches(Pattern::Anything));
        let missing = &self.expected[item.min(self.expected.len())..];
        let rest = match missing.first().filter(is_anything) {
            Some(_) => &[],
            None => &self.heard[at..],
        };
        let missing: Vec<Expected> = missing.iter().skip_while(is_anything).cloned().collect();
        let wrong = |expected: &Expected, got: Vec<u8>| Verdict::Wrong {
            got,
            expected: expected.clone(),
        };
        match (missing.first(), self.end) {
            (_, Some(end)) if rest.is_empty() => Verdict::Closed(end),
            (Some(Expected::End { .. }), None) if rest.is_empty() => Verdict::StaysOpen(patience),
            (_, None) if rest.is_empty() => silent(missing, patience),
            (None | Some(Expected::End { .. }), _) => Verdict::Extra(rest.to_vec()),
            (Some(help @ Expected::Matches(Pattern::Help { .. })), _) => wrong(help, rest.to_vec()),
            (Some(expected), _) => match before(rest, expected) {
                Some(extra) if !extra.is_empty() => Verdict::Extra(extra.to_vec()),
                _ if turn.is_sentinel && !mentions(rest, turn) => {
                    Verdict::Extra(first_line(rest).to_vec())
                }
                _ => wrong(expected, as_many_lines(expected, rest)),
            },
        }
    }
}

impl Terms {
    fn divergence(self, client: Option<ClientId>, verdict: Verdict) -> Divergence {
        Divergence {
            turn: self.number,
            client,
            verdict,
        }
    }
}

/// The first thing that is wrong in a turn in which not all is as expected.
pub fn judge(turn: &Turn, hearings: &[Hearing], terms: Terms) -> Divergence {
    torn_or_reordered(turn, hearings, terms).unwrap_or_else(|| {
        let first = hearings.iter().min_by_key(|one| one.rank(turn, terms));
        let verdict = first.map_or(silent(Vec::new(), terms.patience), |first| {
            first.verdict(turn, terms.patience)
        });
        terms.divergence(first.map(|first| first.client), verdict)
    })
}

fn silent(expected: Vec<Expected>, patience: Duration) -> Verdict {
    Verdict::Silent { expected, patience }
}

/// Several act at once. Does each client hear all of it, but torn, or in another order?
fn torn_or_reordered(turn: &Turn, hearings: &[Hearing], terms: Terms) -> Option<Divergence> {
    let is_alone = turn.acts.iter().all(|act| act.who == turn.acts[0].who);
    let is_complete =
        |one: &Hearing| sorted(one.heard.iter()) == sorted(one.expected_bytes().iter());
    if is_alone || !hearings.iter().all(is_complete) {
        return None;
    }
    let is_torn = |one: &&Hearing| sorted(lines(one.heard)) != sorted(lines(&one.expected_bytes()));
    if let Some(torn) = hearings.iter().find(is_torn) {
        let expected = torn.expected_bytes();
        let expected: Vec<&[u8]> = lines(&expected).collect();
        let line = lines(torn.heard).find(|line| !expected.contains(line));
        let verdict = Verdict::Torn(line.unwrap_or_default().to_vec());
        return Some(terms.divergence(Some(torn.client), verdict));
    }
    let first = hearings.first()?;
    let other = hearings.iter().find(|one| one.heard != first.heard);
    let (than, servers) = (first.client, terms.servers);
    let verdict = Verdict::Reordered { than, servers };
    Some(terms.divergence(other.map(|other| other.client), verdict))
}

/// Whether what came before a sentinel comes of the turn before it. A repeat of that turn's line
/// may equally be the answer to the sentinel.
pub fn is_of_turn_before(
    session: &Session,
    expected_before: &[Vec<Expected>],
    divergence: &Divergence,
) -> bool {
    let expected = divergence.client.and_then(|who| expected_before.get(who));
    let comes_again = |extra: &[u8]| {
        let same = |one: &Expected| matches!(one, Expected::Bytes(bytes) if bytes == extra);
        expected.is_some_and(|expected| expected.iter().any(same))
    };
    let is_late = match &divergence.verdict {
        Verdict::Extra(extra) => !comes_again(extra),
        Verdict::Wrong { expected, .. } => matches!(expected, Expected::Matches(_)),
        _ => false,
    };
    divergence.turn > 0 && session[divergence.turn].is_sentinel && is_late
}

/// Whether a line is no part of a session: others talk in a room that we share, and a client that
/// comes after another has left may or may not hear of that.
pub fn is_foreign(contract: &Contract, is_shared: bool, who: ClientId, line: &[u8]) -> bool {
    let is_ours = |line: &[u8]| {
        let mut all = 0..contract.clients.len();
        all.any(|who| line.starts_with(format!("{} ", contract.name(who)).as_bytes()))
    };
    contract.is_leftover(who, line) || (is_shared && is_notice(line) && !is_ours(line))
}

/// Whether what was heard has to do with what was sent in this turn.
fn mentions(heard: &[u8], turn: &Turn) -> bool {
    turn.acts.iter().any(|act| match &act.action {
        Action::Send(bytes) => contains(first_line(heard), bytes.trim_ascii()),
        _ => false,
    })
}

fn sorted<T: Ord>(parts: impl Iterator<Item = T>) -> Vec<T> {
    let mut parts: Vec<T> = parts.collect();
    parts.sort();
    parts
}

/// What was heard before what was expected, if that came.
fn before<'h>(heard: &'h [u8], expected: &Expected) -> Option<&'h [u8]> {
    let Expected::Bytes(expected) = expected else {
        return None;
    };
    let mut windows = heard.windows(expected.len());
    let at = windows.position(|window| window == expected);
    at.map(|at| &heard[..at])
}

/// What was heard instead: as many lines as there are in what was expected.
fn as_many_lines(expected: &Expected, heard: &[u8]) -> Vec<u8> {
    let count = match expected {
        Expected::Bytes(bytes) => lines(bytes).count(),
        _ => 1,
    };
    lines(heard).take(count).collect::<Vec<_>>().concat()
}
