//! Where a server mostly waits, as in a scene about a pause, a check plays all that is left at the same time, each scene
//! on a server of its own. What is told of a scene waits for its turn.
//!
//! On a busy machine what comes late is no evidence: a scene that fails beside others is played again, alone.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::check::checker::Checker;
use crate::check::failure::Tried;
use crate::check::scenes::{self, Scene};
use crate::runner::events::Observer;

/// While nothing is told, the audience is told this often.
const GLANCE: Duration = Duration::from_millis(50);

/// What is played beside the rest. When it is dropped, that is given up.
pub struct ParallelScenes<'s, 't> {
    trial: Checker<'t>,
    scenes: Vec<Playing<'s>>,
    sessions: Option<ScopedJoinHandle<'s, u64>>,
}

struct Playing<'s> {
    title: &'static str,
    told: Receiver<Told>,
    thread: ScopedJoinHandle<'s, Tried>,
}

enum Told {
    Passed(String, Option<Duration>),
    LeftOut(String),
}

impl<'s, 't: 's> ParallelScenes<'s, 't> {
    /// Begins the scenes of the step that take long, and so many sessions made at random. Nothing, if there is no such
    /// scene, or if this program cannot run several times at once.
    pub fn begin(
        scope: &'s Scope<'s, '_>,
        trial: &Checker<'t>,
        sessions: u64,
    ) -> ParallelScenes<'s, 't> {
        let trial = trial.apart();
        let mut beside = ParallelScenes {
            trial: trial.clone(),
            scenes: Vec::new(),
            sessions: None,
        };
        let scenes = scenes::of_step(trial.kind.step).iter();
        let long: Vec<_> = scenes.filter(|scene| scene.takes_long).collect();
        if !long.is_empty() && trial.ready.runs_beside_itself() {
            let begin = |scene: &&'static Scene| Playing::begin(scope, trial.clone(), scene);
            beside.scenes = long.iter().map(begin).collect();
            let pass = move || {
                let fails = |number: &u64| !trial.passes_session(*number);
                (0..sessions).find(fails).unwrap_or(sessions)
            };
            beside.sessions = Some(scope.spawn(pass));
        }
        beside
    }

    pub fn is_busy(&self) -> bool {
        self.sessions.is_some()
    }

    /// Plays a scene, or tells of it if it is being played.
    pub fn scene(&mut self, scene: &'static Scene, audience: &mut dyn Observer) -> Tried {
        let mut listener = Listener {
            audience,
            told: 0,
            to_skip: 0,
        };
        let number = self
            .scenes
            .iter()
            .position(|playing| playing.title == scene.title);
        let tried = match number {
            Some(number) => self.scenes.remove(number).tells(&mut listener),
            None => self.trial.scene(scene, &mut listener),
        };
        if !matches!(tried, Ok(Err(_))) {
            return tried;
        }
        self.give_up();
        (listener.to_skip, listener.told) = (listener.told, 0);
        self.trial.scene(scene, &mut listener)
    }

    /// How many sessions have passed before one that did not.
    pub fn sessions(&mut self) -> u64 {
        let playing = self.sessions.take();
        playing.map_or(0, |playing| playing.join().unwrap_or(0))
    }

    fn give_up(&mut self) {
        self.trial.is_given_up.store(true, SeqCst);
        self.trial = self.trial.apart();
        self.scenes.clear();
        self.sessions = None;
    }
}

impl Drop for ParallelScenes<'_, '_> {
    fn drop(&mut self) {
        self.trial.is_given_up.store(true, SeqCst);
    }
}

impl<'s> Playing<'s> {
    fn begin<'t: 's>(
        scope: &'s Scope<'s, '_>,
        trial: Checker<'t>,
        scene: &'static Scene,
    ) -> Playing<'s> {
        let (teller, told) = mpsc::channel();
        let thread = scope.spawn(move || trial.scene(scene, &mut Teller(teller)));
        Playing {
            title: scene.title,
            told,
            thread,
        }
    }

    fn tells(self, audience: &mut dyn Observer) -> Tried {
        let begun = Instant::now();
        loop {
            match self.told.recv_timeout(GLANCE) {
                Ok(Told::Passed(text, took)) => audience.passed(&text, took),
                Ok(Told::LeftOut(why)) => audience.skipped(&why),
                Err(RecvTimeoutError::Timeout) => audience.waiting(begun.elapsed()),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.thread.join().expect("a scene is played to its end")
    }
}

/// Tells of a scene that another thread plays.
struct Teller(Sender<Told>);

impl Observer for Teller {
    fn passed(&mut self, text: &str, took: Option<Duration>) {
        let _ = self.0.send(Told::Passed(text.to_string(), took)); // Fails once it is given up.
    }

    fn skipped(&mut self, why: &str) {
        let _ = self.0.send(Told::LeftOut(why.to_string()));
    }
}

/// Counts what an audience is told. What it has been told already, it is not told again.
struct Listener<'a> {
    audience: &'a mut dyn Observer,
    told: usize,
    to_skip: usize,
}

impl Observer for Listener<'_> {
    fn passed(&mut self, text: &str, took: Option<Duration>) {
        self.told += 1;
        if self.told > self.to_skip {
            self.audience.passed(text, took);
        }
    }

    fn skipped(&mut self, why: &str) {
        self.audience.skipped(why);
    }

    fn waiting(&mut self, now: Duration) {
        self.audience.waiting(now);
    }
}
