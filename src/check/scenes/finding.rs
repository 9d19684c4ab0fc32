//! The result of a scene in code: a line for what passed, or a failure.

use crate::check::failure::{Failure, Stopped, Tried};
use crate::error::CouldNotTry;
use crate::model::advice::Advice;
use crate::model::verdict::Verdict;
use crate::runner::events::Observer;
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

pub type Finding = Result<Ending, Problem>;

/// A session that continues unless something is wrong.
pub type Playing<'s, 'a> = Result<Playback<'s, 'a>, Problem>;

pub enum Ending {
    Passed(String),
    LeftOut(&'static str),
}

pub enum Problem {
    /// The session differs from the contract, or nothing could be tried.
    Stopped(Stopped),
    Observed(Box<Observation>),
}

/// What was seen or measured, and the cause that it suggests.
pub struct Observation {
    /// The failure to report if the cause is not confirmed.
    pub failure: Box<Failure>,
    pub seen: String,
    pub advice: Advice,
    /// Whether all is well without the suspected cause; none if that was not tried.
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

/// The scene passed.
pub fn passed(text: impl Into<String>) -> Ending {
    Ending::Passed(text.into())
}

/// The session differs from the contract.
pub fn differs(playback: Playback) -> Problem {
    failure_of(playback).into()
}

/// The failure of a session that is not only turns: its recording cannot be diagnosed.
pub fn failure_of(playback: Playback) -> Box<Failure> {
    let mut failure = Failure::of(playback);
    failure.recording = None;
    failure
}

/// A failure without a recording.
pub fn failed(harness: &Harness, action: &str, verdict: Verdict) -> Box<Failure> {
    let mut failure = Failure::on(harness, verdict);
    failure.action = action.to_string();
    Box::new(failure)
}

/// An observation without a control.
pub fn observed(
    harness: &Harness,
    action: &str,
    seen: impl Into<String>,
    advice: Advice,
) -> Problem {
    observation(harness, action, seen.into(), advice, None).into()
}

/// A measurement whose control was right.
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

/// Reports how a scene ended, or returns its failure. A cause is named unless its control fails
/// too.
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
