//! Step 2: clients at the same time.

use super::scene::{Scene, Script::Numbered, Script::Turns};
use crate::model::session::{ALICE, MALLORY, NAMES, Session, connects, half_closes, says};

pub const SCENES: &[Scene] = &[
    Scene::new("two clients at once", 0)
        .draw(
            &["alice", "bob"],
            "Bob is answered while Alice stays",
            (
                "one-client-at-a-time",
                "Bob waits for Alice, not for the server",
            ),
        )
        .script(Turns(
            "alice connects; alice says hi
             bob connects; bob says yo
             alice says still here",
        )),
    Scene::new("twenty clients, and a silent one", 0)
        .sum_up("twenty clients get their answers, while mallory says nothing")
        .script(Numbered(twenty_and_mallory)),
    Scene::new("a client half-closes and still listens", 0).script(Turns(
        "alice connects; alice says hi; alice half-closes
         bob connects; bob half-closes",
    )),
];

fn twenty_and_mallory() -> Session {
    let all = ALICE..ALICE + 20;
    let come = [MALLORY].into_iter().chain(all.clone()).map(connects);
    let speak = all.map(|who| says(who, &format!("{} here", NAMES[who])));
    let end = [says(MALLORY, "sorry, I was away"), half_closes(MALLORY)];
    come.chain(speak).chain(end).collect()
}
