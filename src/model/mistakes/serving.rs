//! Which clients are served, and when.

use crate::model::contract::Hook::{Attend, Deliver};
use crate::model::contract::Kind::End;
use crate::model::contract::{Client, ClientId, Contract, Input};
use crate::model::features::Feature::{Chat, Echo};
use crate::model::mistakes::mistake::Topic::Lock;
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    mistake("answers-nobody", Echo, Deliver(|d| d.never_if(!d.is(End))))
        .until(Chat)
        .means("your server answers nobody.")
        .look_at(
            "the way from the read to the write: does it write to the connection, and at once? \
                 println! writes to your terminal, and a BufWriter keeps what it is given until \
                 flush().",
        ),
    mistake("answers-nobody", Chat, Deliver(|d| d.never_if(!d.is(End))))
        .about(Lock)
        .means("your server answers nobody.")
        .look_at(
            "the way from the read to the write: does it write to the connections, and at \
                 once? A BufWriter keeps what it is given until flush(), and a thread that locks a \
                 mutex which it holds already waits for ever.",
        ),
    mistake(
        "one-client-at-a-time",
        Echo,
        Attend(|i| !i.connects() || i.others().count() == 0),
    )
    .until(Chat)
    .means("your server talks to one client at a time.")
    .look_at("the call after accept() that returns only when alice leaves."),
    mistake(
        "serves-nobody-while-it-waits",
        Chat,
        Attend(|i| !i.connects() || i.others().count() == 0),
    )
    .about(Lock)
    .means("your server serves nobody else while it waits for one client to say something.")
    .look_at(
        "what the accept loop waits in: a join, until a client's thread ends? Or what is \
                 held while a thread waits in read(): lock after the read, not before it.",
    ),
    mistake(
        "few-at-once",
        Echo,
        Attend(|i| !i.connects() || i.others().count() < i.size),
    )
    .sizes(&[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 20])
    .means("your server serves some clients at once ({n}), and no more.")
    .look_at("how many threads there are: each client needs one of its own."),
    mistake(
        "reads-before-serving-the-next",
        Echo,
        Attend(|i| !i.connects() || i.others().all(has_spoken)),
    )
    .means("your server waits for one client's words before it serves the next.")
    .look_at("what happens between accept() and the new thread: to read is the thread's part."),
    mistake("reads-in-turn", Chat, Attend(is_in_turn))
        .about(Lock)
        .means(
            "your server waits in read() with the list locked, and each client in turn: after \
                 somebody has spoken, nobody is heard until the next one has.",
        )
        .look_at("what is held while it waits in read(): lock after the read, not before it."),
];

fn has_spoken(client: &Client) -> bool {
    client.sent > 0
}

/// Each client in turn is waited for, and new ones only between two turns.
fn is_in_turn(input: &Input) -> bool {
    let next = next_in_turn(input.contract);
    let has_spoken = next.is_none_or(|next| has_spoken(&input.contract.clients[next]));
    next == Some(input.by) || input.connects() && has_spoken
}

/// The client that has spoken least, the oldest first.
fn next_in_turn(contract: &Contract) -> Option<ClientId> {
    let sent = |who: &ClientId| contract.clients[*who].sent;
    contract.people().min_by_key(sent)
}
