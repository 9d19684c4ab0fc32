//! Tries a server: plays the scenes of a step on it, then sessions made at random, and looks for the cause of what
//! fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::{Duration, Instant};

use crate::check::failure::{Failure, Outcome, Tried};
use crate::check::narration;
use crate::check::scenes::{self, Scene, Script};
use crate::error::CouldNotTry;
use crate::model::contract::{ACCOUNTS, INSTANCES};
use crate::model::explain::diagnose;
use crate::model::random::{self, Kind};
use crate::model::recording::Recording;
use crate::model::session::{self, Session, Turn, with_sentinels};
use crate::model::shrink::smallest;
use crate::model::verdict::Verdict;
use crate::runner::events::{NoObserver, Observer};
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;
use crate::server::program::Ready;

/// How long it may take to make a session smaller.
const SHRINKING: Duration = Duration::from_secs(3);
const SHORT_PATIENCE: Duration = Duration::from_millis(250);
/// How long a session may go on in which everything is wrong.
const RECORDING: Duration = Duration::from_millis(1500);
/// A server that says so much sends without end, which no mistake that is known explains.
const FLOOD: usize = 1 << 20;
/// How many sessions made at random a cause is looked for in.
const POOL: u64 = 24;

/// What is tried, and how.
#[derive(Clone)]
pub struct Checker<'r> {
    pub ready: &'r Ready,
    pub patience: Duration,
    pub kind: Kind,
    pub seed: u64,
    /// Nobody wants to know any more: what is waited for is given up.
    pub is_given_up: Arc<AtomicBool>,
    /// What one scene has found out for the others.
    pub long_lines_kept: Arc<AtomicUsize>,
}

impl<'r> Checker<'r> {
    pub fn of(step: usize, ready: &'r Ready, patience: Duration, seed: u64) -> Checker<'r> {
        let kind = Kind {
            step,
            contract: step,
        };
        Checker {
            ready,
            patience,
            kind,
            seed,
            is_given_up: Arc::default(),
            long_lines_kept: Arc::default(),
        }
    }

    /// The same, to be given up alone.
    pub fn apart(&self) -> Checker<'r> {
        Checker {
            is_given_up: Arc::default(),
            ..self.clone()
        }
    }

    /// Plays one scene, and finds out whether anything else was heard than should be.
    pub fn scene(&self, scene: &Scene, audience: &mut dyn Observer) -> Tried {
        let with_sentinels = |session: &[Turn]| with_sentinels(self.kind.contract, session);
        self.plays(scene, audience, false, with_sentinels)
    }

    /// Plays one scene to be looked at: without the words that only show whether anything else was said.
    pub fn show(&self, scene: &Scene, audience: &mut dyn Observer) -> Tried {
        self.plays(scene, audience, true, <[Turn]>::to_vec)
    }

    fn plays(
        &self,
        scene: &Scene,
        audience: &mut dyn Observer,
        is_shown: bool,
        played: impl Fn(&[Turn]) -> Session,
    ) -> Tried {
        if let Script::Servers(code) = scene.script {
            return Ok(code(self.ready, self.patience(), audience)?.map_err(without_record));
        }
        let mut stage = self.open(self.patience(), audience)?;
        if is_shown {
            stage.record_for_display();
        }
        let outcome = match scene.script {
            Script::Code(code) => code(&mut stage).map_err(without_record),
            _ => self.turns(scene, &mut stage, played),
        };
        if is_shown {
            stage.finish(); // What it has printed until then is shown, too.
        }
        Ok(outcome)
    }

    /// Step 8 has two servers.
    fn open<'a>(
        &self,
        patience: Duration,
        audience: &'a mut dyn Observer,
    ) -> Result<Harness<'a>, CouldNotTry> {
        let open = if self.kind.contract < INSTANCES {
            Harness::open
        } else {
            Harness::open_twins
        };
        let mut stage = open(self.ready, patience, audience)?;
        stage.is_given_up = Arc::clone(&self.is_given_up);
        stage.long_lines_kept = Arc::clone(&self.long_lines_kept);
        Ok(stage)
    }

    fn turns(
        &self,
        scene: &Scene,
        stage: &mut Harness,
        played: impl Fn(&[Turn]) -> Session,
    ) -> Outcome {
        let script = scene.session().unwrap_or_default();
        let is_chat = self.kind.contract > self.kind.step;
        let script = if is_chat {
            session::for_a_chat(script)
        } else {
            script
        };
        let session = played(&script);
        let mut setup = session::a_room_of(scene.room).len();
        let begun = Instant::now();
        let mut play = Playback::begin(stage, self.kind.contract, &session);
        play.waits_out = play.stage.is_shown;
        let mut passed = None;
        for turn in &session {
            // Only the sentinel after it shows that nothing else was said.
            if !turn.is_sentinel {
                tell(play.stage, passed.take());
            }
            if !play.turn(turn) {
                return Err(failed(play));
            }
            if !turn.is_sentinel && setup == 0 && scene.sum.is_none() {
                passed = narration::passed(&play, turn);
            }
            setup = setup.saturating_sub(usize::from(!turn.is_sentinel));
        }
        // Where somebody looks on, the scene went on after what was too much.
        if play.divergence.is_some() {
            return Err(failed(play));
        }
        tell(play.stage, passed);
        if let Some(sum) = scene.sum {
            stage.audience.passed(sum, Some(begun.elapsed()));
        }
        Ok(())
    }

    /// Plays session `number`. If it fails, the smallest one that does is what is told.
    pub fn session_at_random(&self, number: u64) -> Tried {
        let session = random::session(self.kind, self.seed, number);
        let Err(failure) = self.session(&session, self.patience())? else {
            return Ok(Ok(()));
        };
        let deadline = Instant::now() + SHRINKING;
        let played = failure
            .record
            .as_ref()
            .map_or(session.len(), Recording::turns_until_wrong);
        let whole = session[..played].to_vec();
        let fails =
            |session: &Session| matches!(self.session(session, self.short_patience()), Ok(Err(_)));
        let small = smallest(&whole, self.kind, deadline, fails);
        // With the whole patience it may not fail: then it was only slow.
        match self.session(&small, self.patience())? {
            Err(failure) => Ok(Err(failure)),
            Ok(()) => Ok(Err(failure)),
        }
    }

    pub fn passes_session(&self, number: u64) -> bool {
        let session = random::session(self.kind, self.seed, number);
        matches!(self.session(&session, self.patience()), Ok(Ok(())))
    }

    fn session(&self, session: &Session, patience: Duration) -> Tried {
        let mut nobody = NoObserver;
        let mut stage = self.open(patience, &mut nobody)?;
        let whole = with_sentinels(self.kind.contract, session);
        let mut play = Playback::begin(&mut stage, self.kind.contract, &whole);
        play.is_told = patience == self.patience();
        Ok(if play.run_until_wrong(&whole) {
            Ok(())
        } else {
            Err(failed(play))
        })
    }

    /// Looks for the cause of what a scene has shown. What the scenes after it ask for may be missing yet, so the
    /// sessions in which mistakes may differ have nothing else in them than the scenes so far.
    pub fn diagnose_scene(&self, number: usize, failure: &mut Failure) {
        let scenes = scenes::of_step(self.kind.step).iter().take(number + 1);
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
        let Some(first) = failure
            .record
            .as_ref()
            .filter(|record| has_model(&failure.verdict) && record.bytes() < FLOOD)
        else {
            return;
        };
        let mut pool: Vec<Session> = pool
            .map(|session| with_sentinels(self.kind.contract, &session))
            .collect();
        pool.sort_by_key(Vec::len);
        failure.diagnosis = diagnose(first, &pool, |session| self.record(session));
    }

    /// How long we wait where much is tried, and nothing is told of one try alone.
    fn short_patience(&self) -> Duration {
        (self.patience / 8).max(SHORT_PATIENCE) + self.pauses()
    }

    fn patience(&self) -> Duration {
        self.patience + self.pauses()
    }

    /// How long a right server may take for an answer on purpose.
    fn pauses(&self) -> Duration {
        Duration::from_secs(if self.kind.contract >= ACCOUNTS { 2 } else { 0 })
    }

    fn record(&self, session: &Session) -> Option<Recording> {
        let mut nobody = NoObserver;
        let mut stage = self.open(self.short_patience(), &mut nobody).ok()?;
        let mut play = Playback::begin(&mut stage, self.kind.contract, session);
        play.is_told = false;
        play.record_expecting(session, Instant::now() + RECORDING + self.pauses());
        Some(play.record)
    }
}

fn tell(stage: &mut Harness, passed: Option<(String, Option<Duration>)>) {
    if let Some((text, took)) = passed {
        stage.audience.passed(&text, took);
    }
}

/// What a flood leaves behind is too much to look for a cause in it.
fn without_record(mut failure: Box<Failure>) -> Box<Failure> {
    failure.record = None;
    failure
}

/// Whether the contract was what a failure was compared with.
fn has_model(verdict: &Verdict) -> bool {
    !matches!(
        verdict,
        Verdict::NeverListened { .. } | Verdict::NeverStarted(_) | Verdict::Found { .. }
    )
}

/// A failure with all that can be seen of it: what comes when others leave belongs to it.
fn failed(mut play: Playback) -> Box<Failure> {
    play.probe_after_silence();
    Failure::of(play)
}

/// Whether a client of an echo heard its own address, which it has not said: then the server is a chat, perhaps a wrong
/// one, and is held to that.
pub fn is_chat(failure: &Failure) -> bool {
    let Some((_, address)) = failure.addresses.first() else {
        return false;
    };
    let (Verdict::Extra(heard) | Verdict::Wrong { got: heard, .. }) = &failure.verdict else {
        return false;
    };
    String::from_utf8_lossy(heard).contains(&address.to_string())
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

    #[test]
    fn later_steps_agree_on_what_earlier_ones_promise() {
        for (step, next) in [(1, 2), (3, 4), (4, 5), (5, 6), (3, 6)] {
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
        let named: Vec<&str> = diagnosis
            .explanations
            .iter()
            .map(|one| one.means.as_str())
            .collect();
        assert_eq!(named.len(), 1, "{named:?}");
        assert!(
            both.iter().all(|one| named[0].contains(&one.means(true))),
            "{named:?}"
        );
    }
}
