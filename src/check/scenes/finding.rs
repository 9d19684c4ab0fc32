//! How a scene in code ends: with a line that says what passed, or with a failure. No other way.

use crate::check::failure::{Failure, Stopped, Tried};
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
    /// A client received something else than the contract says, or nothing could be tried.
    Stopped(Stopped),
    Observed(Box<Observation>),
}

/// What was seen or measured, and the cause that may be named for it.
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
        Problem::Stopped(why.into())
    }
}

impl From<Box<Failure>> for Problem {
    fn from(failure: Box<Failure>) -> Problem {
        Problem::Stopped(failure.into())
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
    failure_of(play).into()
}

/// The failure of a session that is not only turns: no cause is looked for in its recording.
pub fn failure_of(play: Playback) -> Box<Failure> {
    let mut failure = Failure::of(play);
    failure.recording = None;
    failure
}

/// Only the harness knows what happened.
pub fn failed(harness: &Harness, action: &str, verdict: Verdict) -> Box<Failure> {
    let mut failure = Failure::on(harness, verdict);
    failure.action = action.to_string();
    Box::new(failure)
}

/// Something was seen while this was done, and nothing was measured without it.
pub fn observed(
    harness: &Harness,
    action: &str,
    seen: impl Into<String>,
    advice: Advice,
) -> Problem {
    observation(harness, action, seen.into(), advice, None).into()
}

/// Something was measured while this was done, and all was right without it.
pub fn measured(harness: &Harness, action: &str, seen: String, advice: Advice) -> Problem {
    observation(harness, action, seen, advice, Some(true)).into()
}

fn observation(
    harness: &Harness,
    action: &str,
    seen: String,
    advice: Advice,
    control: Option<bool>,
) -> Observation {
    let verdict = Verdict::Found {
        seen: seen.clone(),
        advice,
    };
    Observation {
        failure: failed(harness, action, verdict),
        seen,
        advice,
        control,
    }
}

/// Prints how a scene ended, or makes the failure of it. A cause is named unless its control shows
/// the same.
pub fn conclude(finding: Finding, observer: &mut dyn Observer) -> Tried {
    match finding {
        Ok(Ending::Passed(text)) => observer.passed(&text, None),
        Ok(Ending::LeftOut(why)) => observer.skipped(why),
        Err(Problem::Stopped(stopped)) => return Err(stopped),
        Err(Problem::Observed(observation)) => return Err(observation.judge().into()),
    }
    Ok(())
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
