//! What happens when a client leaves.

use crate::model::contract::Action::Reset;
use crate::model::contract::Kind::{End, Left};
use crate::model::contract::Quirk::ReportEndAsMessage;
use crate::model::features::Feature::{Chat, Commands, Echo};
use crate::model::mistakes::hearing::{never, to_sender_too};
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    to_sender_too("left-to-leaver", Chat, &[Left])
        .means("your server still has a client in its list when it announces that it left.")
        .look_at("the order: first remove the client from the list, then notify those who remain."),
    never("left-never", Chat, &[Left])
        .means("your server does not announce that a client left.")
        .look_at("what follows the read that returns 0: notify the other clients."),
    mistake("left-not-after-reset", Chat)
        .deliver(|d| d.never_if(d.is(Left) && d.is_after(&Reset)))
        .means("your server does not announce a client that left by a reset.")
        .look_at("what follows a failed read: do the same as after one that returns 0."),
    mistake("end-as-message", Chat)
        .have(ReportEndAsMessage)
        .means("your server treats end-of-file (read returns 0) as an empty message.")
        .look_at("the read that returns 0: it means end-of-file, not a message."),
    mistake("left-not-after-exit", Commands)
        .deliver(|d| d.never_if(d.is(Left) && d.is_after_exit()))
        .means("your server does not announce a client that left with /exit.")
        .look_at("what follows /exit: do the same as after the read that returns 0."),
    never("keeps-connections", Echo, &[End])
        .means("your server keeps a connection open after end-of-file.")
        .look_at(
            "what follows the read that returns 0: drop every handle to the connection, or shut it \
             down.",
        ),
    mistake("keeps-connections-after-exit", Commands)
        .deliver(|d| d.never_if(d.is(End) && d.is_after_exit()))
        .means("your server keeps a connection open after /exit.")
        .look_at("what follows Bye.: drop every handle to the connection, or shut it down."),
];
