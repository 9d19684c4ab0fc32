//! Two servers that should be one room.

use crate::model::advice::Id;
use crate::model::contract::Kind;
use crate::model::contract::Kind::{Joined, Left, Renamed, Said};
use crate::model::contract::Quirk::{CheckAccountsHere, CheckNamesHere, ListClientsHere};
use crate::model::features::Feature::Instances;
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    not_elsewhere("said-not-elsewhere", &[Said])
        .means("what is said at one of your servers is not heard at the other.")
        .look_at(
            "where a client's words go: to what the servers share, and only from there to clients.",
        ),
    not_elsewhere("two-rooms", &[Said, Joined, Left, Renamed])
        .means("your servers share nothing: each is a room of its own.")
        .look_at(
            "where what happens goes: to what the servers share, and only from there to clients.",
        ),
    not_elsewhere("joined-not-elsewhere", &[Joined])
        .means("nobody at the other server hears that somebody has come.")
        .look_at("what a new client leads to: an entry of its own in what the servers share."),
    not_elsewhere("left-not-elsewhere", &[Left])
        .means("nobody at the other server hears that somebody has left.")
        .look_at("what a departure leads to: an entry of its own in what the servers share."),
    not_elsewhere("renamed-not-elsewhere", &[Renamed])
        .means("nobody at the other server hears that somebody has another name.")
        .look_at("what a new name leads to: an entry of its own in what the servers share."),
    mistake("names-of-one-server", Instances)
        .have(CheckNamesHere)
        .means(
            "each of your servers knows the names of its own clients only: two of them give away \
             the same one.",
        )
        .look_at("where a name is decided: in one place for all servers, and in one go."),
    mistake("accounts-of-one-server", Instances)
        .have(CheckAccountsHere)
        .means("each of your servers knows only the accounts that were made there.")
        .look_at("where accounts are kept: in one place for all servers."),
    mistake("who-of-one-server", Instances)
        .have(ListClientsHere)
        .means("/who lists only the clients of one server.")
        .look_at(
            "what a server knows of the people at the others: from what they share, as everybody \
             comes, is renamed and leaves.",
        ),
];

/// Clients of the other server do not get lines of these kinds.
const fn not_elsewhere(id: Id, of: &'static [Kind]) -> Mistake {
    mistake(id, Instances)
        .of(of)
        .deliver(|d| d.never_if(d.is_concerned() && d.is_elsewhere()))
}
