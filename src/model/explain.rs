//! Finds the mistakes that explain everything that was recorded.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::advice::Id;
use crate::model::contract::{Action, Contract, Expected};
use crate::model::matching::{Compared, compare, is_notice, unbounded_tail};
use crate::model::mistakes::mistake::Topic;
use crate::model::mistakes::{Suspect, suspects, with};
use crate::model::recording::{RecordedTurn, Recording};
use crate::model::session::{Act, Session, Turn, after, orders, placeholders};

/// How many further sessions a mistake must explain.
const CONFIRMATIONS: usize = 3;
/// The most sessions to record.
const MOST_SESSIONS: usize = 8;
/// The most mistakes to name that cannot be told apart.
const MOST_NAMED: usize = 3;
/// The most pairs of mistakes to try: among more, any pair might fit.
const MOST_PAIRS: usize = 20_000;

/// The result of a diagnosis.
#[derive(Default)]
pub struct Diagnosis {
    /// Each of these explains everything.
    pub causes: Vec<Cause>,
    /// How many sessions were recorded.
    pub sessions: usize,
}

/// One mistake, or two at once, of which the first to show comes first.
pub struct Cause {
    ids: Vec<Id>,
    pub means: Vec<String>,
    pub look_at: &'static str,
    pub is_about_lock: bool,
}

impl Cause {
    pub fn is_single(&self) -> bool {
        self.ids.len() == 1
    }

    /// The mistake's id, if it is a single one.
    pub fn id(&self) -> Option<Id> {
        match self.ids.as_slice() {
            [id] => Some(*id),
            _ => None,
        }
    }
}

impl Diagnosis {
    pub fn is_clear(&self) -> bool {
        (1..=MOST_NAMED).contains(&self.causes.len())
    }
}

/// Finds the mistakes behind a recording, with further sessions that tell them apart. `record`
/// plays one, if there is time.
pub fn diagnose(
    first: &Recording,
    pool: &[Session],
    mut record: impl FnMut(&Session) -> Option<Recording>,
) -> Diagnosis {
    let singles = suspects(first.step);
    let right = Right::of(first);
    let fits = |one: &Suspect| right.may_explain(*one) && explains(&[*one], first);
    let fitting = singles.iter().copied().filter(fits);
    let mut fitting: Vec<Vec<Suspect>> = fitting.map(|one| vec![one]).collect();
    let mut recordings = vec![first.clone()];
    let mut pool = pool.to_vec();
    while !fitting.is_empty() && recordings.len() < MOST_SESSIONS {
        let confirmed = recordings.len() > CONFIRMATIONS && different_words(&fitting) < 2;
        let Some(next) = most_telling(first.step, &fitting, &pool).filter(|_| !confirmed) else {
            break;
        };
        let session = pool.swap_remove(next);
        let Some(recording) = record(&session) else {
            break;
        };
        fitting.retain(|suspects| explains(suspects, &recording));
        recordings.push(recording);
    }
    if fitting.is_empty() {
        fitting = pairs(&singles, &mut recordings, &mut pool, &mut record);
        // What was seen first is named first.
        for pair in &mut fitting {
            pair.sort_by_key(|suspect| right.shows_at(*suspect));
        }
    }
    Diagnosis {
        causes: named(&fitting),
        sessions: recordings.len(),
    }
}

/// Pairs of mistakes, if no single one explains everything. Both must be needed.
fn pairs(
    singles: &[Suspect],
    recordings: &mut Vec<Recording>,
    pool: &mut Vec<Session>,
    record: &mut impl FnMut(&Session) -> Option<Recording>,
) -> Vec<Vec<Suspect>> {
    while recordings.len() <= CONFIRMATIONS {
        let Some(recording) = pool.pop().and_then(|session| record(&session)) else {
            return Vec::new();
        };
        recordings.push(recording);
    }
    // Most pairs fail on the first recording: let it be short.
    recordings.sort_by_key(Recording::bytes);
    let right = Right::of(&recordings[0]);
    let all: Vec<Coverage> = singles.iter().map(|one| right.coverage(*one)).collect();
    let pairs = all.iter().enumerate().flat_map(|(at, one)| {
        let others = all[at + 1..].iter().filter(|other| one.complements(other));
        others.map(|other| [one.suspect, other.suspect])
    });
    let pairs: Vec<[Suspect; 2]> = pairs.take(MOST_PAIRS + 1).collect();
    if pairs.len() > MOST_PAIRS {
        return Vec::new();
    }
    let explain = |pair: &&[Suspect; 2]| recordings.iter().all(|one| explains(*pair, one));
    pairs
        .iter()
        .filter(explain)
        .map(|pair| pair.to_vec())
        .collect()
}

/// The session that distinguishes most of the mistakes that still fit; for a single one, a session
/// in which it shows.
fn most_telling(step: usize, fitting: &[Vec<Suspect>], pool: &[Session]) -> Option<usize> {
    let kinds = |session: &Session| {
        let right = predicted(step, &[], session);
        let all: HashSet<_> = fitting
            .iter()
            .map(|suspects| predicted(step, suspects, session))
            .collect();
        (all.len(), !all.contains(&right))
    };
    let telling = pool
        .iter()
        .enumerate()
        .map(|(at, session)| (kinds(session), at));
    let best =
        telling.max_by_key(|((kinds, shows), at)| (*kinds, *shows, usize::MAX - pool[*at].len()));
    best.filter(|((kinds, shows), _)| *kinds > 1 || *shows)
        .map(|(_, at)| at)
}

/// What each client receives in each turn.
type Heard = Vec<Vec<Vec<Expected>>>;

/// What each client would receive in each turn.
pub fn predicted(step: usize, suspects: &[Suspect], session: &Session) -> Heard {
    let mut contract = with(Contract::new(step, placeholders(session)), suspects);
    session
        .iter()
        .map(|turn| after(&mut contract, turn))
        .collect()
}

/// What a correct server would have sent in a recorded session. Mistakes that change nothing up to
/// the first wrong turn are skipped: that rules out most of them cheaply.
struct Right<'r> {
    record: &'r Recording,
    said: Vec<Said>,
    /// How many turns a correct server explains.
    explains: usize,
}

/// What each client receives in a turn, and whether the program has ended.
type Said = (Vec<Vec<Expected>>, bool);

impl<'r> Right<'r> {
    fn of(record: &'r Recording) -> Right<'r> {
        let mut contract = contract_of(record, &[]);
        let turns = record.session.iter();
        Right {
            record,
            said: turns.map(|turn| said(&mut contract, turn)).collect(),
            explains: explained(&[], record).1,
        }
    }

    /// Whether a mistake makes a difference up to the first wrong turn.
    fn may_explain(&self, suspect: Suspect) -> bool {
        self.shows_at(suspect) <= self.explains
    }

    /// The first turn in which a mistake shows; the number of turns if in none. If several clients
    /// act at once, it may show only in another order.
    fn shows_at(&self, suspect: Suspect) -> usize {
        let mut contract = contract_of(self.record, &[suspect]);
        let mut turns = self.record.session.iter().zip(&self.said);
        let shows = |(turn, right): (&Turn, &Said)| {
            orders(turn).len() > 1 || said(&mut contract, turn) != *right
        };
        turns.position(shows).unwrap_or(self.said.len())
    }

    fn coverage(&self, suspect: Suspect) -> Coverage {
        let shows = self.shows_at(suspect);
        let explains = if shows > self.explains {
            self.explains
        } else {
            explained(&[suspect], self.record).1
        };
        Coverage {
            suspect,
            explains,
            shows,
        }
    }
}

/// How many turns one mistake alone explains, and the first turn in which it shows.
struct Coverage {
    suspect: Suspect,
    explains: usize,
    shows: usize,
}

impl Coverage {
    /// Whether either mistake may explain what the other does not: it must show by then.
    fn complements(&self, other: &Coverage) -> bool {
        !std::ptr::eq(self.suspect.mistake, other.suspect.mistake)
            && self.shows <= other.explains
            && other.shows <= self.explains
    }
}

/// The contract with some mistakes, for the clients of a recorded session.
fn contract_of(record: &Recording, suspects: &[Suspect]) -> Contract {
    let contract = Contract::new(record.step, record.addresses.clone());
    let mut contract = with(contract, suspects);
    contract.server.clone_from(&record.server);
    contract
}

fn said(contract: &mut Contract, turn: &Turn) -> Said {
    let heard = after(contract, turn);
    (heard, contract.has_ended)
}

fn words(suspects: &[Suspect]) -> String {
    suspects
        .iter()
        .map(|suspect| suspect.means(false))
        .collect()
}

fn different_words(fitting: &[Vec<Suspect>]) -> usize {
    fitting
        .iter()
        .map(|suspects| words(suspects))
        .collect::<HashSet<_>>()
        .len()
}

/// Each explanation once, with its size only if no other size fits.
fn named(fitting: &[Vec<Suspect>]) -> Vec<Cause> {
    let mut known = HashSet::new();
    // Mistakes of the latest steps come first: the earlier checks have passed.
    let mut sorted: Vec<&Vec<Suspect>> = fitting.iter().collect();
    sorted.sort_by_key(|suspects| Reverse(suspects[0].mistake.from.step()));
    let new = sorted
        .into_iter()
        .filter(|suspects| known.insert(words(suspects)));
    let one = |suspects: &Vec<Suspect>| {
        let is_sure = fitting
            .iter()
            .filter(|other| words(other) == words(suspects))
            .count()
            == 1;
        let means: Vec<String> = suspects
            .iter()
            .map(|suspect| suspect.means(is_sure))
            .collect();
        let first = suspects[0].mistake;
        Cause {
            ids: suspects.iter().map(Suspect::id).collect(),
            means,
            look_at: first.advice.look_at,
            is_about_lock: first.about == Some(Topic::Lock),
        }
    };
    new.map(one).collect()
}

/// Whether a server with these mistakes would have led to exactly this recording.
pub fn explains(suspects: &[Suspect], record: &Recording) -> bool {
    let (replay, turns) = explained(suspects, record);
    turns == record.turns.len()
        && replay
            .expected
            .iter()
            .all(|expected| expected.len() == unbounded_tail(expected).len())
        && (record.is_shared || replay.contract.has_ended == record.exit.is_some())
}

/// How many turns of a recording such a server explains, and the replay after them.
fn explained(suspects: &[Suspect], record: &Recording) -> (Replay, usize) {
    let mut replay = Replay::new(suspects, record);
    let mut turns = record.session.iter().zip(&record.turns);
    let fails = |(turn, heard): (&Turn, &RecordedTurn)| {
        if heard.is_refused {
            return !replay.contract.has_ended;
        }
        match &orders(turn)[..] {
            [order] => !replay.advance(order, heard),
            orders => {
                let after = |order: &Vec<&Act>| {
                    let mut next = replay.clone();
                    next.advance(order, heard).then_some(next)
                };
                let next = orders.iter().find_map(after);
                next.map(|next| replay = next).is_none()
            }
        }
    };
    let turns = turns.position(fails).unwrap_or(record.turns.len());
    (replay, turns)
}

/// Replays a recording on a server with some mistakes.
#[derive(Clone)]
struct Replay {
    contract: Contract,
    expected: Vec<Vec<Expected>>,
    unread: Vec<Vec<u8>>,
    /// Clients that closed their connections, and those whose connection the server may end.
    has_gone: Vec<bool>,
    may_end: Vec<bool>,
    is_shared: bool,
}

impl Replay {
    fn new(suspects: &[Suspect], record: &Recording) -> Replay {
        let clients = record.addresses.len();
        Replay {
            contract: contract_of(record, suspects),
            expected: vec![Vec::new(); clients],
            unread: vec![Vec::new(); clients],
            has_gone: vec![false; clients],
            may_end: vec![false; clients],
            is_shared: record.is_shared,
        }
    }

    /// Advances by one turn. Returns false if the recording differs.
    fn advance(&mut self, order: &[&Act], heard: &RecordedTurn) -> bool {
        for act in order {
            self.contract.act(act.who, &act.action);
            self.has_gone[act.who] |= matches!(act.action, Action::Leave | Action::Reset);
        }
        (0..heard.heard.len()).all(|who| self.take(who, heard).is_some())
    }

    fn take(&mut self, who: usize, heard: &RecordedTurn) -> Option<()> {
        let expected = self.contract.take_expected(who);
        if self.has_gone[who] {
            self.expected[who].clear();
            return Some(());
        }
        self.may_end[who] |= expected
            .iter()
            .any(|one| matches!(one, Expected::End { .. }));
        self.expected[who].extend(expected);
        self.unread[who].extend(&heard.heard[who]);
        let end = heard.ends[who];
        match compare(&self.expected[who], &self.unread[who], end, &|line| {
            self.is_foreign(who, line)
        }) {
            Compared::Met(at) => {
                let open = unbounded_tail(&self.expected[who]);
                let is_all = at == self.unread[who].len() || !open.is_empty();
                self.expected[who] = open;
                self.unread[who].drain(..at);
                let may_end = self.may_end[who] || self.contract.has_ended;
                (is_all && (end.is_none() || may_end)).then_some(())
            }
            Compared::Waits { .. } => (!heard.is_waited_out).then_some(()),
            Compared::Differs { .. } => None,
        }
    }

    fn is_foreign(&self, who: usize, line: &[u8]) -> bool {
        self.contract.is_leftover(who, line) || self.is_shared && is_notice(line)
    }
}
