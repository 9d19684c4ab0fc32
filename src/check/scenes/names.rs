//! Step 6: names.

use super::names_at_once::{all_at_once, same_name};
use super::scene::{Scene, Script::Code, Script::Turns};

pub const SCENES: &[Scene] = &[
    Scene::new("a name", 2)
        .draw(
            &["alice", "bob"],
            "Alice asks for a name, and gets it",
            (
                "unknown-command",
                "Alice asks for a name, and the server knows of none",
            ),
        )
        .script(Turns("alice says /nick Alice; alice says hello")),
    Scene::new("a name has one owner", 2).script(Turns(
        "alice says /nick Alice
         bob says /nick aLICE; bob says /nick 10.0.0.1; bob says /nick 1.a
         bob says /nick Al; bob says /nick abcdefghijklmnop; bob says /nick al_ice
         bob says /nick bob; bob says /nick bob; bob says /nick BOB
         alice leaves; bob says /nick alice",
    )),
    Scene::new("who is here", 2).script(Turns(
        "alice says /help; alice says /nick Al-1; bob says /who
         alice says /nick Zoe; bob says /nick ann; bob says /who",
    )),
    Scene::new("several ask for one name at the same moment", 0).script(Code(same_name)),
    Scene::new("everybody renames, talks and asks at once", 0).script(Code(all_at_once)),
];
