//! Names: which there are, who has them, and who is called by them.

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
        .look_at("the order of the names: sorted, with letter case aside."),
    mistake("names-sorted-by-bytes", Names)
        .run(|c| c.is("/who") && c.answer(&sorted_by_bytes(names(c)).join(", ")))
        .means("your server sorts the names of /who with capital letters before small ones.")
        .look_at("the order of the names: sorted, with letter case aside."),
    mistake("names-joined-otherwise", Names)
        .run(|c| c.is("/who") && c.answer(&sorted(names(c)).join(SEPARATORS[c.size])))
        .sizes(&[0, 1, 2, 3])
        .means(
            "your server puts something else than a comma and a blank between the names of /who.",
        )
        .look_at("how the names are joined."),
    mistake("who-without-asker", Names)
        .run(|c| c.is("/who") && c.answer(&sorted(names_of_others(c)).join(", ")))
        .means("your server leaves out of /who the client that asks.")
        .look_at("whose names belong into the list: everybody's."),
    to_all("refuses-names-in-public", Names, &[NameRefused])
        .means(
            "your server tells everybody why somebody cannot have a name; that concerns one alone.",
        )
        .look_at("who is written to: an answer, or a refusal, goes to its sender alone."),
    never("name-refused-never", Names, &[NameRefused])
        .means("your server does not say why a name is refused.")
        .look_at("what becomes of a name that cannot be had: its sender is told why."),
    only_to_sender("renamed-only-to-sender", Names, &[Renamed])
        .means("your server tells a new name only to the one who has it.")
        .look_at("who is written to: everybody is to hear of it."),
    not_to_sender("renamed-not-to-sender", Names, &[Renamed])
        .means("your server tells a new name to everybody but the one who has it.")
        .look_at("who is written to: everybody is to hear of it, the one who asked included."),
    never("renamed-never", Names, &[Renamed])
        .means("your server tells nobody that somebody has another name.")
        .look_at("what follows the change of a name: {old} is now {new}, to everybody."),
    mistake("names-to-the-letter", Names)
        .grant(|r| r.is_granted || is_free_to_the_letter(r))
        .about(Lock)
        .means("your server gives one name to two: people take Alice and aLICE for the same.")
        .look_at(
            "how a name is compared: with letter case aside, and under one lock with the change.",
        ),
    mistake("names-twice", Names)
        .grant(|r| r.is_granted || r.is_well_formed() && !r.is_own())
        .about(Lock)
        .means("your server gives a name that somebody else has already.")
        .look_at(
            "whether a name is free: compare it with everybody's, under one lock with the change.",
        ),
    mistake("names-begin-with-anything", Names)
        .grant(|r| r.would_grant(&with_first_letter(r.name)))
        .means("your server gives a name that should be refused: its first character is no letter.")
        .look_at(
            "which names are allowed: 3 to 15 ASCII letters, digits, '-' or '.', the first a \
             letter. Then nobody can pass for an address.",
        ),
    mistake("short-names", Names)
        .grant(|r| r.would_grant(&lengthened(r.name)))
        .means("your server gives a name that is too short.")
        .look_at(WHICH_NAMES),
    mistake("long-names", Names)
        .grant(|r| r.would_grant(shortened(r.name, r.size)))
        .sizes(&[16, 20, 24, 30, 32, 64, 255, 1000])
        .means("your server gives a name that is too long (it allows {n} characters).")
        .look_at(WHICH_NAMES),
    mistake("names-of-any-character", Names)
        .grant(|r| r.would_grant(&with_allowed_characters(r)))
        .sizes(&[0, 1, 2])
        .means("your server gives a name with a character that is not allowed.")
        .look_at(WHICH_NAMES),
    mistake("refuses-good-names", Names)
        .grant(|r| r.is_granted && is_allowed(r))
        .sizes(&[0, 1, 2, 3, 4, 5, 6])
        .means("your server refuses a name that is allowed.")
        .look_at(WHICH_NAMES),
    mistake("own-name-is-taken", Names)
        .grant(|r| r.is_granted && !r.is_own_in_any_case())
        .means("your server refuses somebody its own name in another letter case.")
        .look_at("whose names count: everybody else's."),
    mistake("announces-no-change", Names)
        .grant(|r| r.is_granted || r.is_own())
        .means("your server announces a name to everybody that its owner has already.")
        .look_at("whether the name is another: who asks for the one it has is told so, alone."),
    mistake("keeps-names", Names)
        .grant(|r| r.is_granted && !r.was_given_to_another())
        .means("your server keeps the name of somebody who has left.")
        .look_at("where names are kept: a client's name must go when the client goes."),
    mistake("address-in-left", Names)
        .write(left_by_address)
        .means("your server says goodbye to an address, though everybody knew a name.")
        .look_at("the order: read the name, forget the client, tell the others."),
    mistake("address-in-said", Names)
        .write(said_by_address)
        .means("your server calls a client by its address, though it has a name.")
        .look_at("where {who} comes from when somebody says something: look the name up."),
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
