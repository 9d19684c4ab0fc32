//! Plays the scenes of a step on a server, and sessions made at random, and looks for the cause of
//! what fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;
use std::time::{Duration, Instant};

use crate::check::failure::{Failure, Outcome, Stopped, Tried, failure};
use crate::check::narration;
use crate::check::scenes::finding::conclude;
use crate::check::scenes::{self, Scene, Script};
use crate::error::CouldNotTry;
use crate::model::contract::{ACCOUNTS, INSTANCES};
use crate::model::explain::{Cause, diagnose};
use crate::model::random::{self, Kind};
use crate::model::recording::Recording;
use crate::model::session::{self, Session, with_sentinels};
use crate::model::shrink::smallest;
use crate::runner::events::{NoObserver, Observer};
use crate::runner::harness::Harness;
use crate::runner::patience::{ALL_TIMEOUTS, LOGIN_PAUSES, SEARCH, SHORT_ANSWER};
use crate::runner::playback::Playback;
use crate::server::program::Ready;

/// A server that sends so much sends without end, which no mistake that is known explains.
const FLOOD: usize = 1 << 20;
/// How many sessions made at random a cause is looked for in.
const POOL: u64 = 24;
/// So many servers run at once while a session is made smaller: they mostly wait.
const AT_ONCE: usize = 4;

/// What is checked, and how.
#[derive(Clone)]
pub struct Checker<'r> {
    pub ready: &'r Ready,
    pub kind: Kind,
    patience: Duration,
    seed: u64,
    /// Nothing is waited for any more.
    pub cancelled: Arc<AtomicBool>,
    /// What one scene has found out for the others.
    long_lines_kept: Arc<AtomicUsize>,
}

impl<'r> Checker<'r> {
    pub fn of(step: usize, ready: &'r Ready, patience: Duration, seed: u64) -> Checker<'r> {
        let contract = step;
        Checker {
            ready,
            kind: Kind { step, contract },
            patience,
            seed,
            cancelled: Arc::default(),
            long_lines_kept: Arc::default(),
        }
    }

    /// The same, to be cancelled alone.
    pub fn with_own_cancellation(&self) -> Checker<'r> {
        Checker {
            cancelled: Arc::default(),
            ..self.clone()
        }
    }

    /// Plays one scene, and finds out whether anything else was heard than should be.
    pub fn run_scene(&self, scene: &Scene, observer: &mut dyn Observer) -> Tried {
        self.play(scene, observer, false)
    }

    /// Plays one scene for a display, without the words that only show whether anything else was
    /// said.
    pub fn show(&self, scene: &Scene, observer: &mut dyn Observer) -> Tried {
        self.play(scene, observer, true)
    }

    fn play(&self, scene: &Scene, observer: &mut dyn Observer, is_shown: bool) -> Tried {
        if let Script::Servers(code) = scene.script {
            return conclude(code(self.ready, self.patience(), observer), observer);
        }
        let mut harness = self.open(self.patience(), observer)?;
        if is_shown {
            harness.record_for_display();
        }
        let tried = match scene.script {
            Script::Code(code) => conclude(code(&mut harness), harness.observer),
            _ => self.turns(scene, &mut harness).map_err(Stopped::from),
        };
        if is_shown {
            harness.finish(); // What it has printed until then is shown, too.
        }
        tried
    }

    /// Step 12 has two servers.
    fn open<'a>(
        &self,
        patience: Duration,
        observer: &'a mut dyn Observer,
    ) -> Result<Harness<'a>, CouldNotTry> {
        let open = if self.kind.contract < INSTANCES {
            Harness::open
        } else {
            Harness::open_twins
        };
        let mut harness = open(self.ready, patience, observer)?;
        harness.cancelled = Arc::clone(&self.cancelled);
        harness.long_lines_kept = Arc::clone(&self.long_lines_kept);
        Ok(harness)
    }

    fn turns(&self, scene: &Scene, harness: &mut Harness) -> Outcome {
        let mut script = scene.session().unwrap_or_default();
        if self.kind.contract > self.kind.step {
            script = session::for_a_chat(script);
        }
        if !harness.display.is_on {
            script = with_sentinels(self.kind.contract, &script);
        }
        let mut setup = session::a_room_of(scene.room).len();
        let begun = Instant::now();
        let mut playback = Playback::begin(harness, self.kind.contract, &script);
        playback.options.wait_full_timeout = playback.harness.display.is_on;
        let mut passed = None;
        for turn in &script {
            // Only the sentinel after it shows that nothing else was said.
            if !turn.is_sentinel {
                report(playback.harness, passed.take());
            }
            if !playback.turn(turn) {
                return Err(failed(playback));
            }
            if !turn.is_sentinel && setup == 0 && scene.sum.is_none() {
                passed = narration::passed(&playback, turn);
            }
            setup = setup.saturating_sub(usize::from(!turn.is_sentinel));
        }
        // For a display, the scene went on after what was too much.
        if playback.divergence.is_some() {
            return Err(failed(playback));
        }
        let sum = scene
            .sum
            .map(|sum| (sum.to_string(), Some(begun.elapsed())));
        report(harness, passed.or(sum));
        Ok(())
    }

    /// How long we wait where much is tried, and no single answer counts.
    fn short_patience(&self) -> Duration {
        let (part, least) = SHORT_ANSWER;
        (self.patience / part).max(least) + self.pauses()
    }

    fn patience(&self) -> Duration {
        self.patience + self.pauses()
    }

    /// How long a right server may take for an answer on purpose.
    fn pauses(&self) -> Duration {
        if self.kind.contract >= ACCOUNTS {
            LOGIN_PAUSES
        } else {
            Duration::ZERO
        }
    }
}

fn report(harness: &mut Harness, passed: Option<(String, Option<Duration>)>) {
    if let Some((text, took)) = passed {
        harness.observer.passed(&text, took);
    }
}

/// A failure with all that can be seen of it: what comes when others leave belongs to it.
fn failed(mut playback: Playback) -> Box<Failure> {
    playback.probe_after_silence();
    Failure::of(playback.finish())
}

// Sessions made at random.

impl Checker<'_> {
    /// Plays session `number`. If it fails, the failure is that of the smallest session that does.
    pub fn run_random_session(&self, number: u64) -> Tried {
        let session = random::session(self.kind, self.seed, number);
        let Some(failed) = failure(self.session(&session))? else {
            return Ok(());
        };
        let length = failed
            .recording
            .as_ref()
            .map_or(session.len(), Recording::length);
        let whole = session[..length].to_vec();
        let deadline = Instant::now() + SEARCH;
        // On a busy machine right answers may come later than the short patience. Then the smallest
        // session passes with the whole patience, and the search begins again with that.
        for patience in [self.short_patience(), self.patience()] {
            let first_failing = |sessions: &[Session]| {
                let is_early = Instant::now() < deadline;
                is_early
                    .then(|| self.first_failing(sessions, patience))
                    .flatten()
            };
            let small = smallest(&whole, self.kind, first_failing);
            self.session(&small)?;
        }
        Err(failed.into())
    }

    pub fn passes_random_session(&self, number: u64) -> bool {
        let session = random::session(self.kind, self.seed, number);
        self.session(&session).is_ok()
    }

    fn session(&self, session: &Session) -> Tried {
        let mut nobody = NoObserver;
        let mut harness = self.open(self.patience(), &mut nobody)?;
        let whole = with_sentinels(self.kind.contract, session);
        let mut playback = Playback::begin(&mut harness, self.kind.contract, &whole);
        if playback.run_until_wrong(&whole) {
            Ok(())
        } else {
            Err(failed(playback).into())
        }
    }

    /// The first of these sessions that fails. Several are played at once, each on its own server.
    fn first_failing(&self, sessions: &[Session], patience: Duration) -> Option<usize> {
        let at_once = if self.ready.runs_beside_itself() {
            AT_ONCE
        } else {
            1
        };
        let fails = |session| self.fails(session, patience).unwrap_or(false);
        let mut chunks = sessions.chunks(at_once).enumerate();
        chunks.find_map(|(number, chunk)| {
            let failing = thread::scope(|scope| {
                let start = |session| scope.spawn(move || fails(session));
                let threads: Vec<_> = chunk.iter().map(start).collect();
                let fail = threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap_or(false));
                fail.collect::<Vec<bool>>()
            });
            let place = failing.iter().position(|fails| *fails)?;
            Some(number * at_once + place)
        })
    }

    /// Only whether it fails: nothing is asked about it.
    fn fails(&self, session: &Session, patience: Duration) -> Result<bool, CouldNotTry> {
        let mut nobody = NoObserver;
        let mut harness = self.open(patience, &mut nobody)?;
        let whole = with_sentinels(self.kind.contract, session);
        let mut playback = Playback::begin(&mut harness, self.kind.contract, &whole);
        playback.options.skip_threads = true;
        Ok(!playback.run_until_wrong(&whole))
    }
}

// What a failure means.

impl Checker<'_> {
    /// Looks for the cause of what a scene has shown. What later scenes ask for may be missing yet,
    /// so the sessions in which mistakes may differ are made of the scenes so far.
    pub fn diagnose_scene(&self, number: usize, failure: &mut Failure) {
        let scenes = scenes::of_step(self.kind.step).iter();
        // A scene in code has no turns to mix: then those of the next one.
        let first = scenes.clone().take_while(|scene| scene.session().is_none());
        let scenes = scenes.take(number.max(first.count()) + 1);
        let scenes: Vec<Session> = scenes
            .filter(|scene| scene.sum.is_none())
            .filter_map(Scene::session)
            .collect();
        let mixed = (0..POOL)
            .map(|number| random::from_scenes(&scenes, self.kind.contract, self.seed + number));
        let mixed = mixed.filter(|session| random::is_playable(self.kind, session));
        self.diagnose(failure, scenes.iter().cloned().chain(mixed));
    }

    /// The same for a session made at random.
    pub fn diagnose_session(&self, failure: &mut Failure) {
        let others = (0..POOL).map(|number| random::session(self.kind, self.seed + 1, number));
        self.diagnose(failure, others);
    }

    fn diagnose(&self, failure: &mut Failure, pool: impl Iterator<Item = Session>) {
        let has_model = failure.verdict.has_model();
        let is_short = |recording: &&Recording| has_model && recording.bytes() < FLOOD;
        let Some(first) = failure.recording.as_ref().filter(is_short) else {
            return;
        };
        let mut pool: Vec<Session> = pool
            .map(|session| with_sentinels(self.kind.contract, &session))
            .collect();
        pool.sort_by_key(Vec::len);
        let deadline = Instant::now() + SEARCH;
        let mut diagnosis = diagnose(first, &pool, |session| {
            let is_early = Instant::now() < deadline;
            is_early.then(|| self.record(session)).flatten()
        });
        // One lock that is never released looks like several mistakes at once.
        if failure.waits_for_lock() {
            diagnosis.causes.retain(Cause::is_single);
        }
        failure.diagnosis = diagnosis;
    }

    fn record(&self, session: &Session) -> Option<Recording> {
        let (mut nobody, patience) = (NoObserver, self.short_patience());
        let mut harness = self.open(patience, &mut nobody).ok()?;
        let mut playback = Playback::begin(&mut harness, self.kind.contract, session);
        playback.options.skip_threads = true;
        playback.run_to_end(session, ALL_TIMEOUTS + self.pauses());
        Some(playback.finish().recording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::recording;
    use crate::model::explain::{explains, predicted};
    use crate::model::mistakes::{Suspect, suspects};

    fn sessions(step: usize) -> Vec<Session> {
        let kind = Kind {
            step,
            contract: step,
        };
        let of_scenes = scenes::of_step(step).iter().filter_map(Scene::session);
        let sessions = of_scenes.chain((0..200).map(|number| random::session(kind, 1, number)));
        sessions
            .map(|session| with_sentinels(step, &session))
            .collect()
    }

    /// Where a step adds commands, its /help says more.
    #[test]
    fn later_steps_agree_on_what_earlier_ones_promise() {
        for (step, next) in [(1, 2), (3, 4), (4, 5), (3, 6), (6, 9), (10, 11)] {
            let kind = Kind {
                step,
                contract: step,
            };
            for number in 0..300 {
                let session = random::session(kind, 3, number);
                let (one, other) = (
                    predicted(step, &[], &session),
                    predicted(next, &[], &session),
                );
                assert_eq!(one, other, "session {number} of step {step}");
            }
        }
    }

    #[test]
    fn of_two_mistakes_at_once_both_are_named() {
        let is_one =
            |suspect: &Suspect| ["said-not-to-sender", "left-never"].contains(&suspect.id());
        let both: Vec<Suspect> = suspects(3).into_iter().filter(is_one).collect();
        assert_eq!(both.len(), 2);
        let mut pool = sessions(3);
        pool.truncate(20);
        let played = |session: &Session| Some(recording(3, session, &both));
        let first = pool
            .iter()
            .filter_map(played)
            .find(|record| !explains(&[], record));
        let diagnosis = diagnose(&first.unwrap(), &pool, played);
        let causes = diagnosis.causes.iter();
        let named: Vec<String> = causes.map(|cause| cause.means.join(" And: ")).collect();
        assert_eq!(named.len(), 1, "{named:?}");
        assert!(
            both.iter().all(|one| named[0].contains(&one.means(true))),
            "{named:?}"
        );
    }
}
