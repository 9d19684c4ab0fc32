//! Which clients get what, and how often.

use crate::model::advice::Id;
use crate::model::contract::Kind::{Echo, End, Joined, Left, Said};
use crate::model::contract::{Delivery, Kind};
use crate::model::features::Feature::{self, Chat, Lines, Threads};
use crate::model::mistakes::mistake::{Mistake, mistake};

const ONE_LIST: &str =
    "how a client's thread finds the other clients: all threads must share one list.";

pub const MISTAKES: &[Mistake] = &[
    mistake("echoes-to-all", Threads)
        .until(Chat)
        .deliver(|d| d.to_all_if(d.is(Echo)))
        .means(
            "your server sends one client's data to others too; an echo replies only to the \
             sender.",
        )
        .look_at("which connections the reply is written to: only the one it was read from."),
    mistake("answers-another", Threads)
        .until(Chat)
        .deliver(|d| d.times_if(d.is(Echo), usize::from(is_another(d))))
        .sizes(&[0, 1, 2])
        .means("your server replies to a different client than the one that sent the data.")
        .look_at("which connection the reply is written to: the one it was read from."),
    mistake("echoes", Chat)
        .until(Lines)
        .set(|c, _| c.forget(Chat))
        .means(
            "your server echoes to each client separately: no client receives another's messages.",
        )
        .look_at(ONE_LIST),
    mistake("own-words-only", Chat)
        .deliver(|d| d.never_if(!d.is_to_sender() && (d.size == 0 || d.is(Said))))
        .sizes(&[0, 1])
        .means("your server sends each client only its own messages: no client receives another's.")
        .look_at(ONE_LIST),
    never("said-never", Chat, &[Said])
        .means("your server does not pass on what a client says.")
        .look_at("the path from the read to the write: does it write to every client in the list?"),
    not_to_sender("said-not-to-sender", Chat, &[Said])
        .means("your server sends a message to everyone except its sender.")
        .look_at("the broadcast loop: it must not skip the sender."),
    to_sender_too("joined-to-newcomer", Chat, &[Joined])
        .means("your server announces a newcomer to itself.")
        .look_at("the order: first notify the clients already there, then add the newcomer."),
    never("joined-never", Chat, &[Joined])
        .means("your server does not announce that a client joined.")
        .look_at("what happens between accept and the first read: notify the other clients."),
    mistake("silent-until-it-speaks", Chat)
        .deliver(|d| d.never_if(!d.is(End) && d.receiver().said == 0))
        .means("your server sends nothing to clients that have not spoken yet.")
        .look_at("when a client is added to the list: as soon as it connects."),
    mistake("skips-the-last", Chat)
        .deliver(|d| {
            d.never_if(d.is_public() && d.is_to_last() && (d.size == 0 || !d.is_to_sender()))
        })
        .sizes(&[0, 1])
        .means("your server skips the client that joined last.")
        .look_at("the broadcast loop: does it reach the end of the list?"),
    mistake("skips-the-first", Chat)
        .deliver(|d| d.never_if(d.is_public() && d.is_to_first()))
        .means("your server skips the client that joined first.")
        .look_at("the broadcast loop: does it start with the first entry of the list?"),
    twice("all-twice", Chat, &[])
        .means("your server sends every line twice.")
        .look_at("how often a line is written to a connection: is a client in the list twice?"),
    mistake("said-twice-to-sender", Chat)
        .deliver(|d| d.twice_if(d.is(Said) && d.is_to_sender()))
        .means("your server sends a message to its sender twice.")
        .look_at("how often a line is written to its sender: the sender is in the list too."),
    twice("joined-twice", Chat, &[Joined])
        .means("your server announces twice that a client joined.")
        .look_at("how often the notice is sent."),
    twice("left-twice", Chat, &[Left])
        .means("your server announces twice that a client left.")
        .look_at(
            "how often the notice is sent: the cleanup after the read that returns 0 must run \
             once.",
        ),
];

/// 0: always the first; 1: always the last; 2: all but the sender.
fn is_another(delivery: &Delivery) -> bool {
    match delivery.size {
        0 => delivery.is_to_first(),
        1 => delivery.is_to_last(),
        _ => !delivery.is_to_sender() && delivery.receiver().is_in(),
    }
}

// The same mistake with lines of other kinds.

pub const fn never(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .deliver(|d| d.never_if(d.is_concerned()))
}

pub const fn twice(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .deliver(|d| d.twice_if(d.is_concerned()))
}

pub const fn to_all(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .deliver(|d| d.to_all_if(d.is_concerned()))
}

pub const fn to_sender_too(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .deliver(|d| d.times_if(d.is_concerned() && d.is_to_sender(), 1))
}

pub const fn not_to_sender(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .deliver(|d| d.never_if(d.is_concerned() && d.is_to_sender()))
}

pub const fn only_to_sender(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .deliver(|d| d.never_if(d.is_concerned() && !d.is_to_sender()))
}
