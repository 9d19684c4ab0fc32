//! Checks a program against one step: its scenes, then sessions made at random.

use std::thread;
use std::time::{Duration, Instant};

use crate::check::checker::Checker;
use crate::check::failure::{Failure, Tried, failure};
use crate::check::parallel::ParallelScenes;
use crate::check::scenes::{self, Scene};
use crate::error::CouldNotTry;
use crate::model::contract::CHAT;
use crate::model::verdict::Verdict;
use crate::runner::events::Observer;
use crate::server::program::Ready;

/// How to check.
pub struct Options {
    pub patience: Duration,
    /// The checks after this one follow, if it passes.
    pub run_all: bool,
    /// Which sessions are made at random, and how many.
    pub seed: u64,
    pub sessions: u64,
    /// No scene is played beside another.
    pub one_by_one: bool,
    /// Scenes that take half a minute or more are played, too.
    pub long: bool,
}

/// Follows a check.
pub trait Reporter: Observer {
    /// A scene begins.
    fn title(&mut self, title: &str);
    /// Something takes long.
    fn busy(&mut self, with: &str);
}

/// What failed, in a scene or in a session made at random, and what is known of the cause.
pub struct FailedCheck {
    pub failure: Box<Failure>,
    /// The number of the session, the first is 1.
    pub session: Option<u64>,
}

/// Checks a program. Returns what failed, if anything did.
pub fn check(
    step: usize,
    ready: &Ready,
    options: &Options,
    reporter: &mut dyn Reporter,
) -> Result<Option<FailedCheck>, CouldNotTry> {
    let mut checker = Checker::of(step, ready, options.patience, options.seed);
    thread::scope(|scope| {
        let mut parallel: Option<ParallelScenes> = None;
        for (number, scene) in scenes::of_step(step).iter().enumerate() {
            if scene.is_long && !options.long {
                continue;
            }
            reporter.title(scene.title);
            let tried = match &mut parallel {
                Some(parallel) if parallel.is_busy() => parallel.run_scene(scene, reporter),
                _ => scene_alone(&mut checker, scene, reporter),
            };
            if let Some(mut failure) = failure(tried)? {
                if options.run_all && checker.kind.contract > step {
                    reporter.skipped("this is a chat, and the next checks tell more of it");
                    return Ok(None);
                }
                drop(parallel);
                reporter.busy("looks for the cause");
                checker.diagnose_scene(number, &mut failure);
                let session = None;
                return Ok(Some(FailedCheck { failure, session }));
            }
            // Most mistakes show in the first one: it is played alone.
            if !options.one_by_one {
                parallel.get_or_insert_with(|| ParallelScenes::begin(scope, &checker, options));
            }
        }
        let played = parallel.map_or(0, |mut parallel| parallel.join_sessions());
        random_sessions(&checker, played, options, reporter)
    })
}

fn scene_alone(checker: &mut Checker, scene: &Scene, reporter: &mut dyn Reporter) -> Tried {
    let failed = failure(checker.run_scene(scene, reporter))?;
    // A chat answers, too, and passes the checks before its own with its own words.
    let may_be_chat = checker.kind.step < CHAT && checker.kind.contract < CHAT;
    match failed {
        Some(failure) if may_be_chat && is_chat(&failure) => {
            checker.kind.contract = CHAT;
            checker.run_scene(scene, reporter)
        }
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

/// Whether a client of an echo heard its own address, which it has not said: then the server is a
/// chat, perhaps a wrong one, and is held to that.
fn is_chat(failure: &Failure) -> bool {
    let Some((_, address)) = failure.snapshot.addresses.first() else {
        return false;
    };
    let (Verdict::Extra(heard) | Verdict::Wrong { got: heard, .. }) = &failure.verdict else {
        return false;
    };
    String::from_utf8_lossy(heard).contains(&address.to_string())
}

fn random_sessions(
    checker: &Checker,
    played: u64,
    options: &Options,
    reporter: &mut dyn Reporter,
) -> Result<Option<FailedCheck>, CouldNotTry> {
    let begun = Instant::now();
    reporter.title("sessions made at random");
    reporter.busy("plays them");
    for number in played..options.sessions {
        if let Some(mut failure) = failure(checker.run_random_session(number))? {
            reporter.busy("looks for the cause");
            checker.diagnose_session(&mut failure);
            let session = Some(number + 1);
            return Ok(Some(FailedCheck { failure, session }));
        }
    }
    let text = format!("{} sessions, all as they should be", options.sessions);
    reporter.passed(&text, (played == 0).then(|| begun.elapsed()));
    Ok(None)
}
