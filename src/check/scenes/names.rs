//! Step 5: names and commands.

use super::scene::{Scene, Script::Turns};

pub const SCENES: &[Scene] = &[
    Scene::new("commands", 2).script(Turns(
        r"alice says /up Hello; alice says /down Hello; alice says /up
          alice says /time; alice says /quitter
          alice sends /up as telnet sends it\r\n",
    )),
    A_NAME,
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
    Scene::new("goodbye", 2).script(Turns(
        r"bob sends last words\n/exit\nand another thing\n{200000 x}\n
          alice says alone again",
    )),
];

/// It shows more of step 4's problem than the first scene does.
pub const A_NAME: Scene = Scene::new("a name", 2)
    .draw(
        &["alice", "bob"],
        "Alice asks for a name, and gets it",
        (
            "says-commands",
            "Alice asks for a name, and everybody hears it",
        ),
    )
    .script(Turns("alice says /nick Alice; alice says hello"));
