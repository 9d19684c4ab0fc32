//! How a scene in code ends: with a line that says what passed, or with a failure. No other way.

use crate::check::failure::{Failure, Tried};
use crate::error::CouldNotTry;
use crate::model::advice::Advice;
use crate::model::verdict::Verdict;
use crate::runner::events::Observer;
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

pub type Finding = Result<Ending, Problem>;

/// A session that goes on, unless something is wrong.
pub type Playing<'s, 'a> = Result<Playback<'s, 'a>, Problem>;

pub enum Ending {
    Passed(String),
    LeftOut(&'static str),
}

pub enum Problem {
    /// A client received something else than the contract says.
    Differs(Box<Failure>),
    Observed(Box<Observation>),
    CouldNotTry(CouldNotTry),
}

/// What was measured, and the cause that may be named for it.
pub struct Observation {
    /// The failure as it is where no cause is named.
    pub failure: Box<Failure>,
    pub seen: String,
    pub advice: Advice,
    /// Whether all is right without the one thing that is blamed; none if that was not tried.
    pub control: Option<bool>,
}

impl From<CouldNotTry> for Problem {
    fn from(why: CouldNotTry) -> Problem {
        Problem::CouldNotTry(why)
    }
}

impl From<Observation> for Problem {
    fn from(observation: Observation) -> Problem {
        Problem::Observed(Box::new(observation))
    }
}

/// All went well.
pub fn passed(text: impl Into<String>) -> Ending {
    Ending::Passed(text.into())
}

/// The session is not what the contract says.
pub fn differs(play: Playback) -> Problem {
    Problem::Differs(failure_of(play))
}

/// The failure of a session that is not only turns: no cause is looked for in its recording.
pub fn failure_of(play: Playback) -> Box<Failure> {
    let mut failure = Failure::of(play);
    failure.record = None;
    failure
}

/// Only the harness knows what happened.
pub fn failed(harness: &Harness, action: &str, verdict: Verdict) -> Box<Failure> {
    let mut failure = Failure::on(harness, verdict);
    failure.did = action.to_string();
    Box::new(failure)
}

/// Something was measured while this was done; without it, nothing was.
pub fn observed(
    harness: &Harness,
    action: &str,
    seen: impl Into<String>,
    advice: Advice,
) -> Problem {
    let seen = seen.into();
    let verdict = Verdict::Found {
        seen: seen.clone(),
        advice,
    };
    let failure = failed(harness, action, verdict);
    Observation {
        failure,
        seen,
        advice,
        control: None,
    }
    .into()
}

/// Prints how a scene ended, or makes the failure of it. A cause is named unless its control shows
/// the same.
pub fn conclude(finding: Finding, observer: &mut dyn Observer) -> Tried {
    match finding {
        Ok(Ending::Passed(text)) => observer.passed(&text, None),
        Ok(Ending::LeftOut(why)) => observer.skipped(why),
        Err(Problem::Differs(failure)) => return Ok(Err(failure)),
        Err(Problem::Observed(observation)) => return Ok(Err(observation.judge())),
        Err(Problem::CouldNotTry(why)) => return Err(why),
    }
    Ok(Ok(()))
}

impl Observation {
    fn judge(self) -> Box<Failure> {
        let mut failure = self.failure;
        if self.control != Some(false) {
            failure.verdict = Verdict::Found {
                seen: self.seen,
                advice: self.advice,
            };
        }
        failure
    }
}
