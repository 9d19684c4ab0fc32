//! The scenes, a file a subject. `check N` plays those of step N, and where a step fails one of the
//! next step's, `show` draws that. What each client should receive is the contract's to say.

mod accounts;
mod accounts_at_once;
mod backpressure;
mod broadcast;
mod causes;
mod commands;
mod damage;
mod echo;
mod files;
pub mod finding;
mod flood;
mod instances;
mod killed;
mod ledger;
mod lines;
mod load;
mod names;
mod names_at_once;
mod one_writer;
mod outboxes;
mod room;
mod scene;
mod silence;
mod stalled;
mod threads;
mod two_servers;
mod typist;
mod visitors;

pub use scene::{Scene, Script};

/// What a server must do to count as step `number`.
pub fn of_step(number: usize) -> &'static [Scene] {
    match number {
        1 => echo::SCENES,
        2 => threads::SCENES,
        3 => broadcast::SCENES,
        4 => lines::SCENES,
        5 => commands::SCENES,
        6 => names::SCENES,
        7 => outboxes::SCENES,
        8 => backpressure::SCENES,
        9 => one_writer::SCENES,
        10 => accounts::SCENES,
        11 => ledger::SCENES,
        12 => instances::SCENES,
        _ => &[],
    }
}

/// The scene that step `number` fails: mostly the first that the step after it must pass.
pub fn after_step(number: usize) -> Option<&'static Scene> {
    match number {
        2 => Some(&broadcast::ONE_ROOM),
        4 => Some(&commands::A_COMMAND),
        10 => Some(&killed::KILLED),
        11 => Some(&two_servers::TWO_SERVERS),
        _ => of_step(number + 1).first(),
    }
}

/// Where a scene stands among those of a step; one that is none of them is like the first.
pub fn place(step: usize, scene: &Scene) -> usize {
    let same = |other: &Scene| other.title == scene.title;
    of_step(step).iter().position(same).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_can_be_read() {
        for scene in (1..=12)
            .flat_map(of_step)
            .chain((0..=12).filter_map(after_step))
        {
            let is_played = scene.session().is_none_or(|session| !session.is_empty());
            assert!(is_played, "{}", scene.title);
        }
    }
}
