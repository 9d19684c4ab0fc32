//! Step 4: a message is a line.

use super::scene::{Scene, Script::Turns};

pub const SCENES: &[Scene] = &[
    Scene::new("a line in two packets", 2)
        .draw(
            &["alice", "bob"],
            "One line in two packets is one message",
            (
                "read-as-message",
                "One line in two packets becomes two messages",
            ),
        )
        .script(Turns(r"alice sends hel; alice sends lo\n")),
    Scene::new("lines as they come", 2).script(Turns(
        r"alice sends one\ntwo\n
          bob sends as telnet ends it\r\n
          bob sends cut in\r; bob sends \n
          alice sends caf\xc3; alice sends \xa9\n
          alice sends one and a ha; alice sends lf\nthe next\nthe las; alice sends t\n",
    )),
    Scene::new("lines that are refused", 2).script(Turns(
        r"bob sends \n\r\n
          bob says caf\xe9 \xff\xfe
          bob says \x1b[2Jgone?\x07\tno\xc2\x9b
          bob says sorry",
    )),
    Scene::new("long lines", 2).script(Turns(
        r"bob says {4096 x}
          bob sends {4096 x}\r\n
          bob says {4097 x}
          bob says {2049 é}
          bob sends {10000 x}; bob sends still the same line\n
          bob says sorry",
    )),
    Scene::new("the last line", 2).script(Turns("bob sends bye; bob half-closes")),
];
