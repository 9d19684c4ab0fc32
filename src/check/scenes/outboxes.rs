//! Step 7: nobody waits for a client that does not read.

use super::causes::FREEZES;
use super::scene::{Scene, Script::Code, Script::Numbered};
use super::{silence, stalled};
use crate::model::session::{BOB, sends};

pub const SCENES: &[Scene] = &[
    Scene::new("somebody reads nothing for a while", 0)
        .draw(
            &["alice", "bob", "carol"],
            "Carol does not read, and nobody waits for her",
            (FREEZES.id, "Carol does not read, and everybody waits"),
        )
        .script(Code(stalled::reads_later)),
    Scene::new("an answer among broadcasts", 2)
        .sum_up("bob gets 100 answers, each between what he said before and after")
        .script(Numbered(|| vec![sends(BOB, "one\n/up two\nthree\n"); 100])),
    Scene::new("many come, read nothing, and go", 0)
        .takes_long()
        .script(Code(stalled::nothing_stays)),
    Scene::new("a client stops reading twice", 0)
        .takes_long()
        .script(Code(stalled::reads_later_again)),
    Scene::new("a client never reads", 0)
        .takes_long()
        .script(Code(stalled::never_reads)),
    Scene::new("some read nothing, and nobody says anything", 0)
        .takes_long()
        .script(Code(silence::costs_nothing)),
    Scene::new("a client half-closes, and takes nothing", 0)
        .only_if_long()
        .script(Code(silence::lets_the_half_closed_go)),
];
