//! A part of a scene that failed: what we did and saw, and what is known of the cause.

use std::net::SocketAddr;

use crate::check::narration;
use crate::error::CouldNotTry;
use crate::model::advice::Id;
use crate::model::contract::{Action, ClientId, Expected};
use crate::model::explain::Diagnosis;
use crate::model::recording::Recording;
use crate::model::session::NAMES;
use crate::model::verdict::Verdict;
use crate::runner::harness::{Harness, masked};
use crate::runner::playback::Playback;

/// Whether a scene, or a part of it, went as it should.
pub type Outcome = Result<(), Box<Failure>>;

/// The same, or that nothing could be tried.
pub type Tried = Result<Outcome, CouldNotTry>;

/// A part of a scene that did not go as it should.
pub struct Failure {
    pub verdict: Verdict,
    /// What we did: `bob says "yo"`.
    pub did: String,
    /// Who saw it, if that is somebody else than who did it.
    pub hearer: Option<ClientId>,
    /// What a further try showed, and what the server's threads wait in.
    pub showed: Vec<String>,
    pub diagnosis: Diagnosis,
    /// Who had which address.
    pub addresses: Vec<(ClientId, SocketAddr)>,
    /// The end of what the server wrote.
    pub stderr: String,
    pub stdout: String,
    /// What was recorded, if the contract was what it was compared with.
    pub record: Option<Recording>,
}

/// Whether something came before a sentinel, because of the turn before it. What was expected then, and comes once more,
/// may as well be an answer to the sentinel.
fn is_of_turn_before(
    play: &Playback,
    turn: usize,
    who: Option<ClientId>,
    verdict: &Verdict,
) -> bool {
    let expected = who.and_then(|who| play.expected_before.get(who));
    let comes_again = |extra: &[u8]| {
        let same =
            |expected: &Expected| matches!(expected, Expected::Bytes(bytes) if bytes == extra);
        expected.is_some_and(|expected| expected.iter().any(same))
    };
    turn > 0
        && play.record.session[turn].is_sentinel
        && match verdict {
            Verdict::Extra(extra) => !comes_again(extra),
            Verdict::Wrong { expected, .. } => matches!(expected, Expected::Matches(_)),
            _ => false,
        }
}

impl Failure {
    /// What a session showed that went wrong.
    pub fn of(play: Playback) -> Box<Failure> {
        let divergence = play.divergence.clone();
        let (turn, who, verdict, showed) = match divergence {
            Some(divergence) => (
                divergence.turn,
                divergence.who,
                divergence.verdict,
                divergence.showed,
            ),
            None => (0, None, Verdict::Refused, Vec::new()),
        };
        let addresses = play.stage.addresses();
        let turn = turn - usize::from(is_of_turn_before(&play, turn, who, &verdict));
        let acts = &play.record.session[turn];
        let is_actor = who.is_some()
            && acts.acts.last().map(|act| act.who) == who
            && acts.acts.iter().all(|act| Some(act.who) == who);
        Box::new(Failure {
            did: narration::did_until(&play.record.session, turn, &addresses),
            hearer: who.filter(|_| !is_actor),
            showed,
            record: Some(play.record),
            ..Failure::on(play.stage, verdict)
        })
    }

    /// The same where only the stage knows what happened.
    pub fn on(stage: &Harness, verdict: Verdict) -> Failure {
        Failure {
            verdict,
            did: String::new(),
            hearer: None,
            showed: Vec::new(),
            diagnosis: Diagnosis::default(),
            addresses: stage.addresses(),
            stderr: String::from_utf8_lossy(&stage.output.stderr).into_owned(),
            stdout: String::from_utf8_lossy(&stage.output.stdout).into_owned(),
            record: None,
        }
    }

    /// Whether it is the end of the whole program.
    pub fn has_ended(&self) -> bool {
        matches!(self.verdict, Verdict::Exited(_) | Verdict::NeverStarted(_))
    }

    fn shown(&self, bytes: &[u8]) -> String {
        masked(bytes, &NAMES, &self.addresses)
    }

    /// What we did, and what we saw.
    pub fn headline(&self) -> String {
        let seen = self.verdict.seen(&|bytes| self.shown(bytes));
        match self.hearer.map(|who| NAMES[who]) {
            Some(hearer) if self.did.is_empty() => format!("{hearer} {seen}"),
            Some(hearer) => format!("{}, and {hearer} {seen}", self.did),
            None => format!("{} and {seen}", self.did),
        }
    }

    /// What was seen: a sentence, and one more for each thing that a further try showed.
    pub fn in_sentences(&self) -> String {
        let mut text = self.headline();
        for showed in &self.showed {
            let mut letters = showed.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            text += ". ";
            text.extend(first);
            text += letters.as_str();
        }
        if !self.showed.is_empty() {
            text.push('.');
        }
        text
    }

    /// What belongs under the headline.
    pub fn details(&self) -> Vec<String> {
        let mut details = self.verdict.details(&|bytes| self.shown(bytes));
        let text = [self.headline(), details.join("")].concat();
        for (who, address) in &self.addresses {
            if text.contains(&format!("{{{}}}", NAMES[*who])) {
                details.push(format!("{{{}}} is {address}", NAMES[*who]));
            }
        }
        details.extend(self.printed_instead());
        details.extend(self.showed.iter().cloned());
        details
    }

    /// A server that prints what it should write is not as silent as it seems.
    fn printed_instead(&self) -> Option<String> {
        let Verdict::Silent { expected, .. } = &self.verdict else {
            return None;
        };
        let Some(Expected::Bytes(bytes)) = expected.first() else {
            return None;
        };
        let text = std::str::from_utf8(bytes).ok()?.trim();
        let is_it = |line: &str| {
            let line = line.trim().trim_end_matches(['"', '\'']);
            let before = line.strip_suffix(text).and_then(|rest| rest.chars().last());
            line == text || before.is_some_and(|c| [' ', '"', '\''].contains(&c))
        };
        let is_printed = !text.is_empty() && self.stdout.lines().any(is_it);
        is_printed.then(|| "your server has printed it, on its standard output".to_string())
    }

    /// Whether somebody hears nothing, and a thread of the server is seen to wait like this.
    fn waits(&self, what: &str) -> bool {
        matches!(self.verdict, Verdict::Silent { .. })
            && self.showed.iter().any(|showed| showed.contains(what))
    }

    pub fn waits_for_lock(&self) -> bool {
        self.waits("waiting for a lock")
    }

    /// What it means where the threads of a silent server tell something.
    fn what_is_waited_for(&self) -> Option<(&'static str, &'static str)> {
        if self.waits_for_lock() {
            return Some((
                "a thread of your server waits for a lock, and this check does not know why.",
                "who holds the lock: a thread that waits in read() or write() must hold none, and one that locks what it holds already waits for ever.",
            ));
        }
        if self.waits("waiting for a thread to end") {
            return Some((
                "a thread of your server waits until another one ends, and this check does not know why.",
                "join(), or the end of a scope: while a thread waits there, it accepts nobody and serves nobody.",
            ));
        }
        self.waits("running").then_some((
            self.verdict.explanation().0,
            "the thread that is running: does it go round and round in a loop? A read that returns 0 is the end of a connection, and returns at once each time.",
        ))
    }

    /// Where the one who hears nothing has come in the turn before: what a join is made of.
    fn has_just_come(&self) -> Option<(&'static str, &'static str)> {
        let record = self.record.as_ref()?;
        let wrong = record.turns.iter().position(|turn| turn.is_waited_out)?;
        let before = record.session.get(wrong.checked_sub(1)?)?;
        let mut came = before
            .acts
            .iter()
            .filter(|act| act.action == Action::Connect);
        let is_silent = matches!(self.verdict, Verdict::Silent { .. });
        (is_silent && came.any(|act| Some(act.who) == self.hearer)).then_some((
            self.verdict.explanation().0,
            "how a client joins: from when on is it in the list that messages go to? The notice and the place in the list belong under one lock.",
        ))
    }

    /// What it means, and what to look at.
    pub fn explanation(&self) -> (String, String) {
        let known = self.what_is_waited_for().or_else(|| self.has_just_come());
        let (means, look_at) = known.unwrap_or_else(|| self.verdict.explanation());
        let named = self.diagnosis.explanations.first();
        let named = named.filter(|_| self.diagnosis.is_clear());
        // A thread that is seen at a lock says more than what the same words would come from elsewhere.
        let named = named.filter(|one| !self.waits_for_lock() || one.look_at.contains("lock"));
        let look_at = named.map_or(look_at, |one| one.look_at);
        let panicked = self.stderr.contains("panicked at") && !self.has_ended();
        let look_at = if panicked {
            format!("the panic above, first: it has ended a thread. Then {look_at}")
        } else {
            look_at.to_string()
        };
        (self.means().unwrap_or_else(|| means.to_string()), look_at)
    }

    fn means(&self) -> Option<String> {
        let all = self
            .diagnosis
            .explanations
            .iter()
            .filter(|_| self.diagnosis.is_clear());
        let told: Vec<&str> = all.map(|explanation| explanation.means.as_str()).collect();
        // Of pairs that have the first mistake in common, it is told once.
        let first = told.first()?.split_inclusive(" And: ").next()?;
        let others: Option<Vec<&str>> = told.iter().map(|one| one.strip_prefix(first)).collect();
        match others.filter(|_| told.len() > 1 && first.ends_with(" And: ")) {
            Some(others) => Some(format!("{first}{}", others.join(" Or: "))),
            None => Some(told.join(" Or: ")),
        }
    }

    /// The id of the cause that is named, if exactly one is.
    pub fn id(&self) -> Option<Id> {
        if let Verdict::Found { advice, .. } = &self.verdict {
            return Some(advice.id);
        }
        // Until the mistakes have ids.
        let [named] = self.diagnosis.explanations.as_slice() else {
            return None;
        };
        let words = [
            ("one-client-at-a-time", "one client at a time"),
            ("no-chat", "answers each client for itself"),
            ("read-is-a-message", "what one read returns for a message"),
            ("unknown-command", "does not know this command"),
        ];
        let mut words = words.iter().filter(|(_, part)| named.means.contains(part));
        words
            .next()
            .map(|(id, _)| *id)
            .filter(|_| self.diagnosis.is_clear())
    }

    /// In how many sessions the cause explains everything that was heard.
    pub fn evidence(&self) -> Option<String> {
        let Diagnosis {
            sessions,
            explanations,
        } = &self.diagnosis;
        match (explanations.len(), sessions) {
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
        if self.diagnosis.is_clear() && self.diagnosis.explanations.len() > 1 {
            "It may mean"
        } else {
            "It means"
        }
    }
}
