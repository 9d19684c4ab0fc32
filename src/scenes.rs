//! The scenes: scripts of clients against a server. `check N` plays those of step N, and where a
//! step fails one of the next step's, `show` draws that.

mod backpressure;
mod blocking;
mod broadcast;
mod lines;
mod names;
mod threads;

use crate::failure::Outcome;
use crate::stage::Stage;

/// A script with a title.
pub struct Scene {
    pub title: &'static str,
    /// The clients, in the order of their columns; none if it is never drawn.
    pub cast: &'static [&'static str],
    pub play: fn(&mut Stage) -> Outcome,
}

impl Scene {
    /// A scene that `show` draws: one that a step fails.
    const fn drawn(
        title: &'static str,
        cast: &'static [&'static str],
        play: fn(&mut Stage) -> Outcome,
    ) -> Scene {
        Scene { title, cast, play }
    }

    /// A scene that `check` plays, and nobody draws.
    const fn played(title: &'static str, play: fn(&mut Stage) -> Outcome) -> Scene {
        Scene::drawn(title, &[], play)
    }
}

/// What a server must do to count as step `number`.
pub fn of_step(number: usize) -> &'static [Scene] {
    match number {
        1 => blocking::SCENES,
        2 => threads::SCENES,
        3 => broadcast::SCENES,
        4 => lines::SCENES,
        5 => names::SCENES,
        6 => backpressure::SCENES,
        _ => &[],
    }
}

/// The scene that step `number` fails: the first that the step after it must pass.
pub fn after_step(number: usize) -> Option<&'static Scene> {
    of_step(number + 1)
        .first()
        .or((number == 6).then_some(&backpressure::IMPOSTOR))
}

/// Alice and bob are in the room, and all that was said until then has been heard.
fn a_room_for_two(s: &mut Stage) -> Outcome {
    s.quietly(|s| {
        s.connects("alice")?;
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])
    })
}
