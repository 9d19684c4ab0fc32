//! Checks a program against one step: its scenes, then random sessions.

use std::thread;
use std::time::Instant;

use crate::check::checker::Checker;
use crate::check::failure::{Failure, Tried, failure};
use crate::check::options::Options;
use crate::check::parallel::ParallelScenes;
use crate::check::scenes::{self, Scene};
use crate::error::CouldNotTry;
use crate::model::contract::CHAT;
use crate::model::verdict::Verdict;
use crate::runner::events::Observer;
use crate::server::program::Ready;

/// Receives the progress of a check.
pub trait Reporter: Observer {
    /// A scene begins.
    fn title(&mut self, title: &str);
    /// Something takes long.
    fn busy(&mut self, with: &str);
}

/// A failure in a scene or in a random session.
pub struct FailedCheck {
    pub failure: Box<Failure>,
    /// The number of the random session, from 1.
    pub session: Option<u64>,
}

/// Checks a program. Returns the first failure, if there is one.
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
                    reporter.skipped(
                        "this is already a chat server; later checks test it in more detail",
                    );
                    return Ok(None);
                }
                drop(parallel);
                reporter.busy("looking for the cause");
                checker.diagnose_scene(number, &mut failure);
                let session = None;
                return Ok(Some(FailedCheck { failure, session }));
            }
            // Most mistakes show in the first scene: it runs alone.
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
    // A chat server replies too, so check it as a chat in the steps before.
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

/// Whether a client received its own address, which it did not send: then the server is a chat,
/// perhaps a wrong one, and is checked as one.
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
    reporter.title("random sessions");
    reporter.busy("running them");
    for number in played..options.sessions {
        if let Some(mut failure) = failure(checker.run_random_session(number))? {
            reporter.busy("looking for the cause");
            checker.diagnose_session(&mut failure);
            let session = Some(number + 1);
            return Ok(Some(FailedCheck { failure, session }));
        }
    }
    let text = format!("{} sessions passed", options.sessions);
    reporter.passed(&text, (played == 0).then(|| begun.elapsed()));
    Ok(None)
}
