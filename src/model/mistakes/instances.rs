//! Two servers that should be one room.

use crate::model::advice::Id;
use crate::model::contract::Kind;
use crate::model::contract::Kind::{Joined, Left, Renamed, Said};
use crate::model::contract::Quirk::{CheckAccountsHere, CheckNamesHere, ListClientsHere};
use crate::model::features::Feature::Instances;
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    not_elsewhere("said-not-elsewhere", &[Said])
        .means("a message sent at one of your servers does not reach clients of the other.")
        .look_at("where a message goes: into the shared store, and only from there to clients."),
    not_elsewhere("two-rooms", &[Said, Joined, Left, Renamed])
        .means("your servers share nothing: each is a separate room.")
        .look_at("where events go: into the shared store, and only from there to clients."),
    not_elsewhere("joined-not-elsewhere", &[Joined])
        .means("clients of the other server are not told that a client joined.")
        .look_at("what a new client triggers: an entry of its own in the shared store."),
    not_elsewhere("left-not-elsewhere", &[Left])
        .means("clients of the other server are not told that a client left.")
        .look_at("what a departure triggers: an entry of its own in the shared store."),
    not_elsewhere("renamed-not-elsewhere", &[Renamed])
        .means("clients of the other server are not told that a client was renamed.")
        .look_at("what a new name triggers: an entry of its own in the shared store."),
    mistake("names-of-one-server", Instances)
        .have(CheckNamesHere)
        .means(
            "each of your servers knows only its own clients' names: two of them can grant the \
             same one.",
        )
        .look_at("where a name is granted: in one place for all servers, atomically."),
    mistake("accounts-of-one-server", Instances)
        .have(CheckAccountsHere)
        .means("each of your servers knows only the accounts registered there.")
        .look_at("where accounts are stored: in one place for all servers."),
    mistake("who-of-one-server", Instances)
        .have(ListClientsHere)
        .means("/who lists only the clients of one server.")
        .look_at(
            "how a server learns of clients at the others: from the shared store, whenever a \
             client joins, is renamed or leaves.",
        ),
];

/// Clients of the other server never receive lines of these kinds.
const fn not_elsewhere(id: Id, of: &'static [Kind]) -> Mistake {
    mistake(id, Instances)
        .of(of)
        .deliver(|d| d.never_if(d.is_concerned() && d.is_elsewhere()))
}
