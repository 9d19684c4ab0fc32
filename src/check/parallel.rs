//! Runs the remaining scenes in parallel where they mostly wait, each on a server of its own. Their
//! reports are printed in order.
//!
//! On a busy machine a late answer is no evidence: a scene that fails in parallel runs again,
//! alone.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::check::checker::Checker;
use crate::check::failure::{Stopped, Tried};
use crate::check::options::Options;
use crate::check::scenes::{self, Scene};
use crate::runner::events::Observer;
use crate::runner::patience::STATUS;

/// Scenes and sessions that run in parallel. Dropping it cancels them.
pub struct ParallelScenes<'s, 't> {
    checker: Checker<'t>,
    scenes: Vec<RunningScene<'s>>,
    sessions: Option<ScopedJoinHandle<'s, u64>>,
}

struct RunningScene<'s> {
    title: &'static str,
    messages: Receiver<Message>,
    thread: ScopedJoinHandle<'s, Tried>,
}

enum Message {
    Passed(String, Option<Duration>),
    Skipped(String),
}

impl<'s, 't: 's> ParallelScenes<'s, 't> {
    /// Starts the long scenes of the step and this many random sessions. Starts nothing if there is
    /// no such scene, or if the program cannot run several times at once.
    pub fn begin(
        scope: &'s Scope<'s, '_>,
        checker: &Checker<'t>,
        options: &Options,
    ) -> ParallelScenes<'s, 't> {
        let checker = checker.with_own_cancellation();
        let mut parallel = ParallelScenes {
            checker: checker.clone(),
            scenes: Vec::new(),
            sessions: None,
        };
        let scenes = scenes::of_step(checker.kind.step).iter();
        let long: Vec<_> = scenes
            .filter(|scene| scene.takes_long && (options.long || !scene.is_long))
            .collect();
        if !long.is_empty() && checker.ready.can_run_in_parallel() {
            let begin = |scene: &&'static Scene| RunningScene::begin(scope, checker.clone(), scene);
            parallel.scenes = long.iter().map(begin).collect();
            let sessions = options.sessions;
            let pass = move || {
                let fails = |number: &u64| !checker.passes_random_session(*number);
                (0..sessions).find(fails).unwrap_or(sessions)
            };
            parallel.sessions = Some(scope.spawn(pass));
        }
        parallel
    }

    pub fn is_busy(&self) -> bool {
        self.sessions.is_some()
    }

    /// Runs a scene, or reports on it if it is already running.
    pub fn run_scene(&mut self, scene: &'static Scene, observer: &mut dyn Observer) -> Tried {
        let mut counter = Counter {
            observer,
            passed: 0,
            to_skip: 0,
        };
        let number = self
            .scenes
            .iter()
            .position(|running| running.title == scene.title);
        let tried = match number {
            Some(number) => self.scenes.remove(number).report(&mut counter),
            None => self.checker.run_scene(scene, &mut counter),
        };
        if !matches!(tried, Err(Stopped::Failed(_))) {
            return tried;
        }
        self.cancel();
        (counter.to_skip, counter.passed) = (counter.passed, 0);
        self.checker.run_scene(scene, &mut counter)
    }

    /// How many sessions passed before the first failure.
    pub fn join_sessions(&mut self) -> u64 {
        let playing = self.sessions.take();
        playing.map_or(0, |playing| playing.join().unwrap_or(0))
    }

    fn cancel(&mut self) {
        self.checker.cancelled.store(true, SeqCst);
        self.checker = self.checker.with_own_cancellation();
        self.scenes.clear();
        self.sessions = None;
    }
}

impl Drop for ParallelScenes<'_, '_> {
    fn drop(&mut self) {
        self.checker.cancelled.store(true, SeqCst);
    }
}

impl<'s> RunningScene<'s> {
    fn begin<'t: 's>(
        scope: &'s Scope<'s, '_>,
        checker: Checker<'t>,
        scene: &'static Scene,
    ) -> RunningScene<'s> {
        let (sender, messages) = mpsc::channel();
        let thread = scope.spawn(move || checker.run_scene(scene, &mut Forwarder(sender)));
        RunningScene {
            title: scene.title,
            messages,
            thread,
        }
    }

    fn report(self, observer: &mut dyn Observer) -> Tried {
        let begun = Instant::now();
        loop {
            match self.messages.recv_timeout(STATUS) {
                Ok(Message::Passed(text, took)) => observer.passed(&text, took),
                Ok(Message::Skipped(why)) => observer.skipped(&why),
                Err(RecvTimeoutError::Timeout) => observer.waiting(begun.elapsed()),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.thread.join().expect("a scene's thread does not panic")
    }
}

/// Forwards the reports of a scene to another thread.
struct Forwarder(Sender<Message>);

impl Observer for Forwarder {
    fn passed(&mut self, text: &str, took: Option<Duration>) {
        let _ = self.0.send(Message::Passed(text.to_string(), took)); // Fails once cancelled.
    }

    fn skipped(&mut self, why: &str) {
        let _ = self.0.send(Message::Skipped(why.to_string()));
    }
}

/// Counts reports, and skips those that an earlier run has already made.
struct Counter<'a> {
    observer: &'a mut dyn Observer,
    passed: usize,
    to_skip: usize,
}

impl Observer for Counter<'_> {
    fn passed(&mut self, text: &str, took: Option<Duration>) {
        self.passed += 1;
        if self.passed > self.to_skip {
            self.observer.passed(text, took);
        }
    }

    fn skipped(&mut self, why: &str) {
        self.observer.skipped(why);
    }

    fn waiting(&mut self, now: Duration) {
        self.observer.waiting(now);
    }
}
