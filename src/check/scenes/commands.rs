//! Step 5: commands, and a goodbye.

use super::scene::{Scene, Script::Turns};

pub const SCENES: &[Scene] = &[
    Scene::new("commands", 2).script(Turns(
        r"alice says /up Hello; alice says /down Hello; alice says /up
          alice says /time; alice says /help; alice says /quitter
          alice sends /up as telnet sends it\r\n",
    )),
    Scene::new("goodbye", 2).script(Turns(
        r"bob sends last words\n/exit\nand another thing\n{200000 x}\n
          alice says alone again",
    )),
];

/// For the picture only: check 5 begins with the same, and asks for more.
pub const A_COMMAND: Scene = Scene::new("a command", 2)
    .draw(
        &["alice", "bob"],
        "Alice asks the server, and it answers her alone",
        (
            "says-commands",
            "Alice asks the server, and everybody hears it",
        ),
    )
    .script(Turns("alice says /up Hello; alice says hello"));
