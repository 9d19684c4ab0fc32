//! A part of a scene that failed: the action, the observations, and the known causes.

use std::net::SocketAddr;

use crate::check::narration;
use crate::check::verdict_words;
use crate::error::CouldNotTry;
use crate::model::advice::{Advice, Id};
use crate::model::contract::{Action, CHAT, ClientId, Expected};
use crate::model::explain::{Cause, Diagnosis};
use crate::model::recording::Recording;
use crate::model::session::NAMES;
use crate::model::verdict::Verdict;
use crate::runner::events::{Call, ThreadState, sentence};
use crate::runner::harness::{Harness, masked};
use crate::runner::played::{Aftermath, Played, Snapshot};
use crate::text::{milliseconds, quoted};

/// The result of a scene, or of a part of it.
pub type Outcome = Result<(), Box<Failure>>;

/// The same, or why nothing could be tried.
pub type Tried = Result<(), Stopped>;

/// Why a scene ended early.
pub enum Stopped {
    Failed(Box<Failure>),
    CouldNotTry(CouldNotTry),
}

impl From<Box<Failure>> for Stopped {
    fn from(failure: Box<Failure>) -> Stopped {
        Stopped::Failed(failure)
    }
}

impl From<CouldNotTry> for Stopped {
    fn from(why: CouldNotTry) -> Stopped {
        Stopped::CouldNotTry(why)
    }
}

/// The failure, if there is one.
pub fn failure(tried: Tried) -> Result<Option<Box<Failure>>, CouldNotTry> {
    match tried {
        Ok(()) => Ok(None),
        Err(Stopped::Failed(failure)) => Ok(Some(failure)),
        Err(Stopped::CouldNotTry(why)) => Err(why),
    }
}

/// A part of a scene that failed.
pub struct Failure {
    pub verdict: Verdict,
    /// The action that led to it: `bob says "yo"`.
    pub action: String,
    /// The client that saw it, if another one acted.
    pub receiver: Option<ClientId>,
    /// What the server's threads are blocked in, and what came later.
    pub observations: Vec<String>,
    threads: Vec<ThreadState>,
    pub diagnosis: Diagnosis,
    /// The server and its clients at the end.
    pub snapshot: Snapshot,
    /// The recording, if it was compared with the contract.
    pub recording: Option<Recording>,
}

/// What a failure means, and what to look at.
pub struct Explanation {
    pub means: String,
    pub look_at: String,
}

const WAITS_FOR_LOCK: Advice = Advice {
    id: "waits-for-a-lock",
    means: "a thread of your server waits for a lock. Cause unknown.",
    look_at: "which thread holds the lock: one that waits in read() or write() must hold none, and \
              one that locks the same mutex twice deadlocks.",
};
const WAITS_FOR_THREAD: Advice = Advice {
    id: "waits-for-a-thread",
    means: "a thread of your server waits for another thread to end. Cause unknown.",
    look_at: "join(), or the end of a thread scope: a thread that waits there accepts and serves \
              no client.",
};
const LOOK_AT_LOOP: &str = "the running thread: is it spinning? A read that returns 0 means \
                            end-of-file, and returns at once each time.";
const LOOK_AT_JOIN: &str = "how a client joins: when is it added to the list that messages go to? \
                            Send the notice and add the client under one lock.";

impl Failure {
    /// The failure of a session that was played.
    pub fn of(played: impl Into<Played>) -> Box<Failure> {
        let played = played.into();
        let (turn, client, verdict) = match played.divergence {
            Some(divergence) => (divergence.turn, divergence.client, divergence.verdict),
            None => (0, None, Verdict::Refused),
        };
        let (session, addresses) = (&played.recording.session, &played.snapshot.addresses);
        let acts = &session[turn].acts;
        let is_actor = client.is_some() && acts.iter().all(|act| Some(act.who) == client);
        let aftermath = played.aftermath.as_ref();
        let aftermath = aftermath.map(|one| came_later(one, played.recording.step, addresses));
        let meanwhile = sentence(&played.threads);
        let meanwhile = meanwhile.map(|threads| format!("Meanwhile, your server: {threads}"));
        Box::new(Failure {
            action: narration::actions_until(session, turn, addresses),
            receiver: client.filter(|_| !is_actor),
            observations: meanwhile.into_iter().chain(aftermath).collect(),
            threads: played.threads,
            recording: Some(played.recording),
            ..Failure::new(played.snapshot, verdict)
        })
    }

    /// A failure without a recording.
    pub fn on(harness: &Harness, verdict: Verdict) -> Failure {
        Failure::new(harness.snapshot(), verdict)
    }

    fn new(snapshot: Snapshot, verdict: Verdict) -> Failure {
        Failure {
            verdict,
            action: String::new(),
            receiver: None,
            observations: Vec::new(),
            threads: Vec::new(),
            diagnosis: Diagnosis::default(),
            snapshot,
            recording: None,
        }
    }

    /// Whether the whole program has ended.
    pub fn has_ended(&self) -> bool {
        self.verdict.is_exit()
    }

    fn shown(&self, bytes: &[u8]) -> String {
        masked(bytes, &NAMES, &self.snapshot.addresses)
    }

    /// The session up to what went wrong, a line for each turn.
    pub fn session(&self) -> Vec<String> {
        let recording = self.recording.iter();
        let lines =
            recording.map(|recording| narration::session(recording, &self.snapshot.addresses));
        lines.flatten().collect()
    }

    /// The action and what was seen.
    pub fn headline(&self) -> String {
        let seen = verdict_words::seen(&self.verdict, &|bytes| self.shown(bytes));
        match self.receiver.map(|who| NAMES[who]) {
            Some(receiver) if self.action.is_empty() => format!("{receiver} {seen}"),
            Some(receiver) => format!("{}, and {receiver} {seen}", self.action),
            None => format!("{} and {seen}", self.action),
        }
    }

    /// The headline as a sentence, and one more for each observation.
    pub fn in_sentences(&self) -> String {
        let mut text = self.headline();
        for observation in &self.observations {
            let first = observation.chars().next().map_or(0, char::len_utf8);
            let (first, rest) = observation.split_at(first);
            text += &format!(". {}{rest}", first.to_uppercase());
        }
        if !self.observations.is_empty() {
            text.push('.');
        }
        text
    }

    /// What belongs under the headline.
    pub fn details(&self) -> Vec<String> {
        let mut details = verdict_words::details(&self.verdict, &|bytes| self.shown(bytes));
        let text = [self.headline(), details.join("")].concat();
        for (who, address) in &self.snapshot.addresses {
            if text.contains(&format!("{{{}}}", NAMES[*who])) {
                details.push(format!("{{{}}} is {address}", NAMES[*who]));
            }
        }
        if self.has_printed_it() {
            details.push("your server printed it to stdout instead of sending it".to_string());
        }
        details.extend(self.observations.iter().cloned());
        details
    }

    /// Whether the server printed what it should have sent.
    fn has_printed_it(&self) -> bool {
        let Verdict::Silent { expected, .. } = &self.verdict else {
            return false;
        };
        let Some(Expected::Bytes(bytes)) = expected.first() else {
            return false;
        };
        let text = std::str::from_utf8(bytes).unwrap_or_default().trim();
        let is_it = |line: &str| {
            let line = line.trim().trim_end_matches(['"', '\'']);
            let before = line.strip_suffix(text).and_then(|rest| rest.chars().last());
            line == text || before.is_some_and(|c| [' ', '"', '\''].contains(&c))
        };
        !text.is_empty() && self.snapshot.stdout.lines().any(is_it)
    }

    /// Whether a client received nothing while a thread of the server was blocked in this call.
    fn waits_in(&self, call: &Call) -> bool {
        let is_silent = matches!(self.verdict, Verdict::Silent { .. });
        is_silent && self.threads.iter().any(|thread| thread.call == *call)
    }

    pub fn waits_for_lock(&self) -> bool {
        self.waits_in(&Call::LockOrCondition)
    }

    /// The advice where no cause is named. The threads of a silent server may hint at more, or the
    /// client that received nothing has just joined.
    fn advice(&self) -> Advice {
        let advice = self.verdict.advice();
        let look_at = |look_at| Advice { look_at, ..advice };
        if self.waits_for_lock() {
            WAITS_FOR_LOCK
        } else if self.waits_in(&Call::Join) {
            WAITS_FOR_THREAD
        } else if self.waits_in(&Call::Running) {
            look_at(LOOK_AT_LOOP)
        } else if self.has_just_joined() {
            look_at(LOOK_AT_JOIN)
        } else {
            advice
        }
    }

    /// Whether the client that received nothing connected in the turn before.
    fn has_just_joined(&self) -> bool {
        let turn_before = self.recording.as_ref().and_then(|recording| {
            let wrong = recording.turns.iter().position(|turn| turn.is_waited_out)?;
            recording.session.get(wrong.checked_sub(1)?)
        });
        let mut acts = turn_before.iter().flat_map(|turn| &turn.acts);
        let is_silent = matches!(self.verdict, Verdict::Silent { .. });
        let receiver = self.receiver;
        is_silent && acts.any(|act| act.action == Action::Connect && Some(act.who) == receiver)
    }

    /// The causes to name: each explains everything.
    fn causes(&self) -> &[Cause] {
        if self.diagnosis.is_clear() {
            &self.diagnosis.causes
        } else {
            &[]
        }
    }

    /// The id of the cause or the advice; none where several causes are named.
    pub fn id(&self) -> Option<Id> {
        match self.causes() {
            [] => Some(self.advice().id),
            [cause] => cause.id(),
            _ => None,
        }
    }

    /// The words for "It means" and "Look at".
    pub fn explanation(&self) -> Explanation {
        let advice = self.advice();
        let cause = self.causes().first();
        // A thread blocked at a lock is stronger evidence than a cause that has nothing to do with
        // locks.
        let cause = cause.filter(|cause| !self.waits_for_lock() || cause.is_about_lock);
        let mut look_at = cause
            .map_or(advice.look_at, |cause| cause.look_at)
            .to_string();
        if self.snapshot.stderr.contains("panicked at") && !self.has_ended() {
            look_at = format!("the panic above, first: it ended a thread. Then {look_at}");
        }
        let means = match self.causes() {
            [] => advice.means.to_string(),
            causes => means(causes),
        };
        Explanation { means, look_at }
    }

    /// How many sessions the cause explains.
    pub fn evidence(&self) -> Option<String> {
        let sessions = self.diagnosis.sessions;
        match (self.diagnosis.causes.len(), sessions) {
            (_, 0) => None,
            (0, _) if self.has_ended() => None,
            (0, _) => Some(format!(
                "none of the known mistakes fits what {sessions} sessions recorded.",
            )),
            (_, 1) => Some("this fits everything recorded.".to_string()),
            (1, _) => Some(format!(
                "this fits everything recorded in {sessions} sessions."
            )),
            _ if self.diagnosis.is_clear() => Some(format!(
                "each of these fits everything recorded in {sessions} sessions.",
            )),
            _ => None,
        }
    }

    /// The label of one cause, or of several possible ones.
    pub fn label(&self) -> &'static str {
        if self.causes().len() > 1 {
            "It may mean"
        } else {
            "It means"
        }
    }
}

/// Several causes in a sentence. If all share their first mistake, it is named once.
fn means(causes: &[Cause]) -> String {
    let first = &causes[0].means[0];
    let is_shared = |cause: &Cause| cause.means.len() > 1 && cause.means[0] == *first;
    let is_shared = causes.len() > 1 && causes.iter().all(is_shared);
    let skipped = usize::from(is_shared);
    let all = causes
        .iter()
        .map(|cause| cause.means[skipped..].join(" And: "));
    let all = all.collect::<Vec<_>>().join(" Or: ");
    if is_shared {
        format!("{first} And: {all}")
    } else {
        all
    }
}

/// `then alice left, and it came 3 ms later`.
fn came_later(aftermath: &Aftermath, step: usize, addresses: &[(ClientId, SocketAddr)]) -> String {
    let client = NAMES[aftermath.client];
    let missing = masked(&aftermath.missing, &NAMES, addresses);
    let it = if step >= CHAT {
        "it".to_string()
    } else {
        format!("{client}'s {}", quoted(&missing))
    };
    let (other, did) = (NAMES[aftermath.other], aftermath.did);
    let later = milliseconds(aftermath.later);
    format!("then {other} {did}, and {it} came {later} later")
}
