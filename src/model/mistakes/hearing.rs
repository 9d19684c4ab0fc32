//! Which clients get what, and how often.

use crate::model::advice::Id;
use crate::model::contract::Kind::{Echo, End, Joined, Left, Said};
use crate::model::contract::{Delivery, Kind};
use crate::model::features::Feature::{self, Chat, Lines, Threads};
use crate::model::mistakes::mistake::{Mistake, mistake};

const ONE_LIST: &str =
    "what a client's thread knows of the other clients: one list that all threads share.";

pub const MISTAKES: &[Mistake] = &[
    mistake("echoes-to-all", Threads)
        .until(Chat)
        .deliver(|d| d.to_all_if(d.is(Echo)))
        .means("your server sends what one client says to others too; an echo answers one.")
        .look_at("which connections the answer is written to: only the one it was read from."),
    mistake("answers-another", Threads)
        .until(Chat)
        .deliver(|d| d.times_if(d.is(Echo), usize::from(is_another(d))))
        .sizes(&[0, 1, 2])
        .means("your server answers somebody else than who asked.")
        .look_at("which connection the answer is written to: the one it was read from."),
    mistake("echoes", Chat)
        .until(Lines)
        .set(|c, _| c.forget(Chat))
        .means("your server answers each client for itself: nobody hears anybody else.")
        .look_at(ONE_LIST),
    mistake("own-words-only", Chat)
        .deliver(|d| d.never_if(!d.is_to_sender() && (d.size == 0 || d.is(Said))))
        .sizes(&[0, 1])
        .means("your server tells each client only what it says itself: nobody hears anybody else.")
        .look_at(ONE_LIST),
    never("said-never", Chat, &[Said])
        .means("your server tells nobody what somebody says.")
        .look_at("the way from the read to the write: does it write to everybody in the list?"),
    not_to_sender("said-not-to-sender", Chat, &[Said])
        .means("your server tells everybody but the one who spoke.")
        .look_at("the loop that writes to all: it must not skip the sender."),
    to_sender_too("joined-to-newcomer", Chat, &[Joined])
        .means("your server tells a newcomer of its own arrival.")
        .look_at("the order: first tell those who are there, then add the newcomer."),
    never("joined-never", Chat, &[Joined])
        .means("your server tells nobody that somebody joined.")
        .look_at("what happens between accept and the first read: the others must be told."),
    mistake("silent-until-it-speaks", Chat)
        .deliver(|d| d.never_if(!d.is(End) && d.receiver().said == 0))
        .means("your server tells nothing to those who have said nothing yet.")
        .look_at("when a client gets into the list: as soon as it has come."),
    mistake("skips-the-last", Chat)
        .deliver(|d| {
            d.never_if(d.is_public() && d.is_to_last() && (d.size == 0 || !d.is_to_sender()))
        })
        .sizes(&[0, 1])
        .means("your server leaves out the client that came last.")
        .look_at("the loop that writes to all: does it reach the end of the list?"),
    mistake("skips-the-first", Chat)
        .deliver(|d| d.never_if(d.is_public() && d.is_to_first()))
        .means("your server leaves out the client that came first.")
        .look_at("the loop that writes to all: does it begin with the first in the list?"),
    twice("all-twice", Chat, &[])
        .means("your server tells everything twice.")
        .look_at("how often a line is written to a connection: is a client twice in the list?"),
    mistake("said-twice-to-sender", Chat)
        .deliver(|d| d.twice_if(d.is(Said) && d.is_to_sender()))
        .means("your server tells the one who speaks twice what was said.")
        .look_at("how often a line is written to its sender: the sender is in the list, too."),
    twice("joined-twice", Chat, &[Joined])
        .means("your server tells twice that somebody joined.")
        .look_at("how often the notice is written."),
    twice("left-twice", Chat, &[Left])
        .means("your server tells twice that somebody left.")
        .look_at(
            "how often the notice is written: what follows the read that returns 0 must happen \
             once.",
        ),
];

/// 0: always the first; 1: always the last; 2: all but the one that asked.
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
