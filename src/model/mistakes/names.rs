//! Names: which are valid, who has them, and where they are shown.

use crate::model::contract::Kind::{Left, NameRefused, Renamed, Said};
use crate::model::contract::{ClientId, Command, Delivery, Expected, NameRequest};
use crate::model::features::Feature::Names;
use crate::model::mistakes::hearing::{never, not_to_sender, only_to_sender, to_all};
use crate::model::mistakes::mistake::Topic::Lock;
use crate::model::mistakes::mistake::{Mistake, mistake};

const WHICH_NAMES: &str =
    "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a letter.";

pub const MISTAKES: &[Mistake] = &[
    mistake("unsorted-names", Names)
        .run(|c| c.is("/who") && c.answer(&names(c).join(", ")))
        .means("your server does not sort the names of /who.")
        .look_at("the order of the names: sort them ignoring case."),
    mistake("names-sorted-by-bytes", Names)
        .run(|c| c.is("/who") && c.answer(&sorted_by_bytes(names(c)).join(", ")))
        .means("your server sorts the names of /who with upper case before lower case.")
        .look_at("the order of the names: sort them ignoring case."),
    mistake("names-joined-otherwise", Names)
        .run(|c| c.is("/who") && c.answer(&sorted(names(c)).join(SEPARATORS[c.size])))
        .sizes(&[0, 1, 2, 3])
        .means("your server does not separate the names of /who with a comma and a space.")
        .look_at("how the names are joined: with a comma and a space."),
    mistake("who-without-asker", Names)
        .run(|c| c.is("/who") && c.answer(&sorted(names_of_others(c)).join(", ")))
        .means("your server omits the client that asks from /who.")
        .look_at("which names are listed: those of all clients."),
    to_all("refuses-names-in-public", Names, &[NameRefused])
        .means(
            "your server sends everyone the refusal of a name; only the client that asked should \
             get it.",
        )
        .look_at("which clients you write to: an answer or a refusal goes only to the sender."),
    never("name-refused-never", Names, &[NameRefused])
        .means("your server does not reply when it refuses a name.")
        .look_at("where a name is refused: reply to the sender with the reason."),
    only_to_sender("renamed-only-to-sender", Names, &[Renamed])
        .means("your server announces a new name only to the client that has it.")
        .look_at("which clients you write to: all of them."),
    not_to_sender("renamed-not-to-sender", Names, &[Renamed])
        .means("your server announces a new name to everyone except the client that has it.")
        .look_at("which clients you write to: all of them, including the one that asked."),
    never("renamed-never", Names, &[Renamed])
        .means("your server does not announce that a client was renamed.")
        .look_at("what follows the change of a name: {old} is now {new}, sent to everyone."),
    mistake("names-to-the-letter", Names)
        .grant(|r| r.is_granted || is_free_to_the_letter(r))
        .about(Lock)
        .means("your server grants one name to two clients: Alice and aLICE are the same name.")
        .look_at(
            "how a name is compared: ignore case, and hold one lock for the comparison and the \
             change.",
        ),
    mistake("names-twice", Names)
        .grant(|r| r.is_granted || r.is_well_formed() && !r.is_own())
        .about(Lock)
        .means("your server grants a name that another client already has.")
        .look_at(
            "how you check that a name is free: compare it with every client's, and hold one lock \
             for the check and the change.",
        ),
    mistake("names-begin-with-anything", Names)
        .grant(|r| r.would_grant(&with_first_letter(r.name)))
        .means(
            "your server grants a name that should be refused: its first character is not a \
             letter.",
        )
        .look_at(
            "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a \
             letter. Then no name looks like an address.",
        ),
    mistake("short-names", Names)
        .grant(|r| r.would_grant(&lengthened(r.name)))
        .means("your server grants a name that is too short.")
        .look_at(WHICH_NAMES),
    mistake("long-names", Names)
        .grant(|r| r.would_grant(shortened(r.name, r.size)))
        .sizes(&[16, 20, 24, 30, 32, 64, 255, 1000])
        .means("your server grants a name that is too long (it allows {n} characters).")
        .look_at(WHICH_NAMES),
    mistake("names-of-any-character", Names)
        .grant(|r| r.would_grant(&with_allowed_characters(r)))
        .sizes(&[0, 1, 2])
        .means("your server grants a name with a character that is not allowed.")
        .look_at(WHICH_NAMES),
    mistake("refuses-good-names", Names)
        .grant(|r| r.is_granted && is_allowed(r))
        .sizes(&[0, 1, 2, 3, 4, 5, 6])
        .means("your server refuses a name that is allowed.")
        .look_at(WHICH_NAMES),
    mistake("own-name-is-taken", Names)
        .grant(|r| r.is_granted && !r.is_own_in_any_case())
        .means("your server refuses a client its own name in another letter case.")
        .look_at("which names you compare with: only those of other clients."),
    mistake("announces-no-change", Names)
        .grant(|r| r.is_granted || r.is_own())
        .means("your server announces a name to everyone that its owner already has.")
        .look_at("whether the name changes: if not, reply only to the client that asked."),
    mistake("keeps-names", Names)
        .grant(|r| r.is_granted && !r.was_given_to_another())
        .means("your server keeps the name of a client that has left.")
        .look_at("where names are kept: remove a client's name when the client leaves."),
    mistake("address-in-left", Names)
        .write(left_by_address)
        .means("your server announces that an address left, although the client has a name.")
        .look_at("the order: read the name, remove the client, notify the others."),
    mistake("address-in-said", Names)
        .write(said_by_address)
        .means("your server shows a client's address, although it has a name.")
        .look_at("where {who} comes from when a client says something: look up the name."),
];

const SEPARATORS: [&str; 4] = [" ", ",", "\n", "; "];

// What /who lists.

fn names(command: &Command) -> Vec<String> {
    let contract = &command.contract;
    let name = |who| contract.name(who).to_string();
    contract.people().map(name).collect()
}

fn names_of_others(command: &Command) -> Vec<String> {
    let contract = &command.contract;
    let others = contract.people().filter(|other| *other != command.by);
    others.map(|who| contract.name(who).to_string()).collect()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_by_key(|name| name.to_ascii_lowercase());
    names
}

fn sorted_by_bytes(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

// Who may have which name.

/// A server that does not look at the letter case.
fn is_free_to_the_letter(request: &NameRequest) -> bool {
    let people = || request.contract.people();
    let has_it =
        |who: ClientId| request.contract.clients[who].name.as_deref() == Some(request.name);
    request.is_well_formed() && !people().any(has_it) && people().any(|who| who != request.by)
}

/// The name, as if its first character were a letter.
fn with_first_letter(name: &str) -> String {
    format!("a{}", name.get(1..).unwrap_or(""))
}

/// The name, if it is too short, as if it were not.
fn lengthened(name: &str) -> String {
    match name.len() {
        1 | 2 => format!("{name}aa"),
        _ => String::new(),
    }
}

/// The beginning of a name that is too long.
fn shortened(name: &str, most: usize) -> &str {
    let is_it = (16..=most).contains(&name.len()) && name.is_ascii() && !name.contains('_');
    if is_it { &name[..15] } else { "" }
}

/// The name, as if all the characters in it were allowed.
fn with_allowed_characters(request: &NameRequest) -> String {
    let allows = |c: char| match request.size {
        0 => c == '_',
        1 => !c.is_ascii() && c.is_alphabetic(),
        _ => matches!(c, '_' | ' ' | '!') || !c.is_ascii(),
    };
    if !request.name.contains(allows) {
        return String::new();
    }
    request.name.replace(allows, "a")
}

/// Whether a server that refuses too much allows it.
fn is_allowed(request: &NameRequest) -> bool {
    let name = request.name;
    match request.size {
        0 => name.len() > 3,
        1 => name.len() < 15,
        2 => !name.contains('-'),
        3 => !name.contains('.'),
        4 => !name.contains(|c: char| c.is_ascii_digit()),
        5 => !name.starts_with(|c: char| c.is_ascii_uppercase()),
        _ => !name.starts_with(|c: char| c.is_ascii_lowercase()),
    }
}

// What others call a client.

fn left_by_address(delivery: &Delivery) -> Option<Expected> {
    let line = format!("{} left the chat.\n", delivery.sender().address);
    delivery
        .is(Left)
        .then(|| Expected::Bytes(line.into_bytes()))
}

fn said_by_address(delivery: &Delivery) -> Option<Expected> {
    let name = delivery.contract.name(delivery.event.by);
    let address = &delivery.sender().address;
    delivery.reword_if(delivery.is(Said), |line| line.replacen(name, address, 1))
}
