//! A part of a scene that failed: what was done and seen, and what is known of the cause.

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

/// Whether a scene, or a part of it, went as it should.
pub type Outcome = Result<(), Box<Failure>>;

/// The same, or that nothing could be tried.
pub type Tried = Result<(), Stopped>;

/// Why a scene did not come to its end.
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

/// A part of a scene that did not go as it should.
pub struct Failure {
    pub verdict: Verdict,
    /// What we did: `bob says "yo"`.
    pub action: String,
    /// The client that saw it, if that is another one than the one that acted.
    pub hearer: Option<ClientId>,
    /// What a further try showed, and what the server's threads wait in.
    pub observations: Vec<String>,
    waits: Vec<ThreadState>,
    pub diagnosis: Diagnosis,
    /// The server and its clients at the end.
    pub snapshot: Snapshot,
    /// What was recorded, if the contract was what it was compared with.
    pub recording: Option<Recording>,
}

/// What a failure means, and what to look at.
pub struct Explanation {
    pub means: String,
    pub look_at: String,
}

const WAITS_FOR_LOCK: Advice = Advice {
    id: "waits-for-a-lock",
    means: "a thread of your server waits for a lock, and this check does not know why.",
    look_at: "who holds the lock: a thread that waits in read() or write() must hold none, and one \
              that locks what it holds already waits for ever.",
};
const WAITS_FOR_THREAD: Advice = Advice {
    id: "waits-for-a-thread",
    means: "a thread of your server waits until another one ends, and this check does not know \
            why.",
    look_at: "join(), or the end of a scope: while a thread waits there, it accepts nobody and \
              serves nobody.",
};
const LOOK_AT_LOOP: &str = "the thread that is running: does it go round and round in a loop? A \
                            read that returns 0 is the end of a connection, and returns at once \
                            each time.";
const LOOK_AT_JOIN: &str = "how a client joins: from when on is it in the list that messages go \
                            to? The notice and the place in the list belong under one lock.";

impl Failure {
    /// What a session showed that went wrong.
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
        let meanwhile = sentence(&played.waits);
        let meanwhile = meanwhile.map(|threads| format!("Meanwhile, your server: {threads}"));
        Box::new(Failure {
            action: narration::actions_until(session, turn, addresses),
            hearer: client.filter(|_| !is_actor),
            observations: meanwhile.into_iter().chain(aftermath).collect(),
            waits: played.waits,
            recording: Some(played.recording),
            ..Failure::new(played.snapshot, verdict)
        })
    }

    /// The same where only the harness knows what happened.
    pub fn on(harness: &Harness, verdict: Verdict) -> Failure {
        Failure::new(harness.snapshot(), verdict)
    }

    fn new(snapshot: Snapshot, verdict: Verdict) -> Failure {
        Failure {
            verdict,
            action: String::new(),
            hearer: None,
            observations: Vec::new(),
            waits: Vec::new(),
            diagnosis: Diagnosis::default(),
            snapshot,
            recording: None,
        }
    }

    /// Whether it is the end of the whole program.
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

    /// What we did, and what we saw.
    pub fn headline(&self) -> String {
        let seen = verdict_words::seen(&self.verdict, &|bytes| self.shown(bytes));
        match self.hearer.map(|who| NAMES[who]) {
            Some(hearer) if self.action.is_empty() => format!("{hearer} {seen}"),
            Some(hearer) => format!("{}, and {hearer} {seen}", self.action),
            None => format!("{} and {seen}", self.action),
        }
    }

    /// What was seen: a sentence, and one more for each observation.
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
            details.push("your server has printed it, on its standard output".to_string());
        }
        details.extend(self.observations.iter().cloned());
        details
    }

    /// A server that prints what it should write is not as silent as it seems.
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

    /// Whether a client hears nothing, and a thread of the server is seen to wait like this.
    fn waits_in(&self, call: &Call) -> bool {
        let is_silent = matches!(self.verdict, Verdict::Silent { .. });
        is_silent && self.waits.iter().any(|thread| thread.call == *call)
    }

    pub fn waits_for_lock(&self) -> bool {
        self.waits_in(&Call::LockOrCondition)
    }

    /// What it means where no cause is named: the threads of a silent server may show something, or
    /// the client that hears nothing has just joined.
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

    /// Whether the client that hears nothing has connected in the turn before.
    fn has_just_joined(&self) -> bool {
        let turn_before = self.recording.as_ref().and_then(|recording| {
            let wrong = recording.turns.iter().position(|turn| turn.is_waited_out)?;
            recording.session.get(wrong.checked_sub(1)?)
        });
        let mut acts = turn_before.iter().flat_map(|turn| &turn.acts);
        let is_silent = matches!(self.verdict, Verdict::Silent { .. });
        let hearer = self.hearer;
        is_silent && acts.any(|act| act.action == Action::Connect && Some(act.who) == hearer)
    }

    /// The causes that are named: each of them explains everything.
    fn causes(&self) -> &[Cause] {
        if self.diagnosis.is_clear() {
            &self.diagnosis.causes
        } else {
            &[]
        }
    }

    /// The id of what it means, if that is one thing.
    pub fn id(&self) -> Option<Id> {
        match self.causes() {
            [] => Some(self.advice().id),
            [cause] => cause.id(),
            _ => None,
        }
    }

    /// What it means, and what to look at.
    pub fn explanation(&self) -> Explanation {
        let advice = self.advice();
        let cause = self.causes().first();
        // A thread that is seen at a lock says more than what the same words would come from
        // elsewhere.
        let cause = cause.filter(|cause| !self.waits_for_lock() || cause.is_about_lock);
        let mut look_at = cause
            .map_or(advice.look_at, |cause| cause.look_at)
            .to_string();
        if self.snapshot.stderr.contains("panicked at") && !self.has_ended() {
            look_at = format!("the panic above, first: it has ended a thread. Then {look_at}");
        }
        let means = match self.causes() {
            [] => advice.means.to_string(),
            causes => means(causes),
        };
        Explanation { means, look_at }
    }

    /// In how many sessions the cause explains everything that was heard.
    pub fn evidence(&self) -> Option<String> {
        let sessions = self.diagnosis.sessions;
        match (self.diagnosis.causes.len(), sessions) {
            (_, 0) => None,
            (0, _) if self.has_ended() => None,
            (0, _) => Some(format!(
                "no mistake that this check knows explains what was heard in {sessions} sessions."
            )),
            (_, 1) => Some("this explains all that was heard.".to_string()),
            (1, _) => Some(format!(
                "this explains all that was heard in {sessions} sessions."
            )),
            _ if self.diagnosis.is_clear() => Some(format!(
                "each of these explains all that was heard in {sessions} sessions."
            )),
            _ => None,
        }
    }

    /// What stands before the cause, or before several, one of which it is.
    pub fn label(&self) -> &'static str {
        if self.causes().len() > 1 {
            "It may mean"
        } else {
            "It means"
        }
    }
}

/// Several causes in a sentence. Of pairs that have the first mistake in common, it is named once.
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
