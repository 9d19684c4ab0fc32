//! What happens when a client leaves.

use crate::model::contract::Action::Reset;
use crate::model::contract::Kind::{End, Left};
use crate::model::contract::Quirk::ReportEndAsMessage;
use crate::model::features::Feature::{Chat, Commands, Echo};
use crate::model::mistakes::hearing::{never, to_sender_too};
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    to_sender_too("left-to-leaver", Chat, &[Left])
        .means("your server still has a client in its list when it tells that it left.")
        .look_at("the order: first take the client out of the list, then tell those who are left."),
    never("left-never", Chat, &[Left])
        .means("your server tells nobody that a client has left.")
        .look_at("what follows the read that returns 0: the others must be told."),
    mistake("left-not-after-reset", Chat)
        .deliver(|d| d.never_if(d.is(Left) && d.is_after(&Reset)))
        .means("your server does not tell that a client has left if it left by a reset.")
        .look_at("what follows a read that fails: the same as after one that returns 0."),
    mistake("end-as-message", Chat)
        .have(ReportEndAsMessage)
        .means("your server takes the end of what a client says for one more message.")
        .look_at("the read that returns 0: it is the end, not a message."),
    mistake("left-not-after-exit", Commands)
        .deliver(|d| d.never_if(d.is(Left) && d.is_after_exit()))
        .means("your server does not tell that a client has left if it left with /exit.")
        .look_at("what follows /exit: the same as after the read that returns 0."),
    never("keeps-connections", Echo, &[End])
        .means("your server keeps a connection whose client has said its last word.")
        .look_at(
            "what follows the read that returns 0: every handle to the connection must be dropped, \
             or it must be shut down.",
        ),
    mistake("keeps-connections-after-exit", Commands)
        .deliver(|d| d.never_if(d.is(End) && d.is_after_exit()))
        .means("your server keeps a connection whose client has said /exit.")
        .look_at(
            "what follows Bye.: every handle to the connection must be dropped, or it must be shut \
             down.",
        ),
];
