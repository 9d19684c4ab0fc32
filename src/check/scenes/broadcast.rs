//! Step 3: a chat.

use super::scene::{Scene, Script::Code, Script::Numbered, Script::Turns};
use super::visitors;
use crate::model::session::{ALICE, BOB, CAROL, DAVE, Session, at_once, says};

/// Does alice hear bob? For the picture only: the first scene of check 3 begins with a message that
/// step 2 already gets wrong.
pub const ONE_ROOM: Scene = Scene::new("two people in one room", 0)
    .draw(
        &["alice", "bob"],
        "What Bob says, Alice hears",
        ("echoes", "Bob is answered, and Alice hears nothing of it"),
    )
    .script(Turns("alice connects; bob connects & says yo"));

pub const SCENES: &[Scene] = &[
    Scene::new("two people in one room", 0).script(Turns(
        "alice connects; alice says hi
         bob connects; bob says yo
         alice says welcome",
    )),
    Scene::new("people leave", 3).script(Turns(
        "bob leaves; alice says one; alice says two
         carol half-closes
         dave connects; dave says oops & resets
         alice says three; alice says four",
    )),
    Scene::new("two leave at once", 4).script(Turns(
        "bob leaves & carol leaves; alice says one; dave says two",
    )),
    Scene::new("a client sends garbage", 2).script(Turns(
        r"bob says caf\xe9 \xff\xfe; bob says sorry; alice says never mind",
    )),
    Scene::new("all talk at once", 4)
        .sum_up("four talk at once, all see the same 100 lines")
        .script(Numbered(four_talk)),
    Scene::new("three reset at once", 0).script(Code(visitors::reset_at_once)),
    Scene::new("many come and go", 0).script(Code(visitors::come_and_go)),
];

/// Four clients say a line each at once, again and again.
pub fn four_talk() -> Session {
    let four = [ALICE, BOB, CAROL, DAVE];
    let round =
        |number: usize| at_once(four.map(|who| says(who, &format!("{who}, round {number}"))));
    (1..=25).map(round).collect()
}
