//! Which clients are served, and when.

use crate::model::contract::Client;
use crate::model::contract::Kind::End;
use crate::model::features::Feature::{Chat, Echo};
use crate::model::mistakes::mistake::Topic::Lock;
use crate::model::mistakes::mistake::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    mistake("answers-nobody", Echo)
        .until(Chat)
        .deliver(|d| d.never_if(!d.is(End)))
        .means("your server answers nobody.")
        .look_at(
            "the way from the read to the write: does it write to the connection, and at once? \
             println! writes to your terminal, and a BufWriter keeps what it is given until \
             flush().",
        ),
    mistake("answers-nobody", Chat)
        .deliver(|d| d.never_if(!d.is(End)))
        .about(Lock)
        .means("your server answers nobody.")
        .look_at(
            "the way from the read to the write: does it write to the connections, and at once? A \
             BufWriter keeps what it is given until flush(), and a thread that locks a mutex which \
             it holds already waits for ever.",
        ),
    mistake("one-client-at-a-time", Echo)
        .until(Chat)
        .attend(|i| !i.connects() || i.others().count() == 0)
        .means("your server talks to one client at a time.")
        .look_at("the call after accept() that returns only when alice leaves."),
    mistake("few-at-once", Echo)
        .attend(|i| !i.connects() || i.others().count() < i.size)
        .sizes(&[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 20])
        .means("your server serves some clients at once ({n}), and no more.")
        .look_at("how many threads there are: each client needs one of its own."),
    mistake("reads-before-serving-the-next", Echo)
        .attend(|i| !i.connects() || i.others().all(has_spoken))
        .means("your server waits for one client's words before it serves the next.")
        .look_at("what happens between accept() and the new thread: to read is the thread's part."),
];

fn has_spoken(client: &Client) -> bool {
    client.sent > 0
}
