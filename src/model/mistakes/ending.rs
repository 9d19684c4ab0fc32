//! Servers, connections and loops that end too early.

use crate::model::contract::Ending::{Announced, Program};
use crate::model::contract::LIMIT;
use crate::model::features::Feature::{Echo, Lines};
use crate::model::mistakes::mistake::{Mistake, mistake};

const LINE_STAYS: &str = "where a line is refused: reply to its sender, then handle the next line.";
const LOOP_GOES_ON: &str =
    "what happens after the first write: the client's loop continues until read returns 0.";

pub const MISTAKES: &[Mistake] = &[
    mistake("stops-when-a-client-leaves", Echo)
        .end_before(|i| (i.leaves() || i.size == 0 && i.resets()).then_some(Program))
        .sizes(&[0, 1])
        .means("your server stops serving when a client leaves.")
        .look_at(
            "what follows the read that returns 0: it ends this client's loop, not the accept \
             loop.",
        ),
    mistake("dies-of-a-reset", Echo)
        .end_before(|i| i.resets().then_some(Program))
        .means("your server does not survive a client's reset.")
        .look_at(
            "errors from read and write: they end only this client, so no `?` or `unwrap` may pass \
             them to main.",
        ),
    mistake("gives-up-on-bytes", Echo)
        .end_before(|i| i.drop_client_if(i.sent().is_some_and(is_no_text)))
        .sizes(&[0, 1, 2])
        .means("your server drops a client that sends bytes that are not UTF-8.")
        .look_at("where bytes become text: that can fail, and clients can send anything."),
    mistake("gives-up-on-a-line", Lines)
        .end_before(|i| i.drop_client_if(has_bad_line(&i.lines_so_far())))
        .sizes(&[0, 1, 2])
        .means("your server drops a client that sends a line that is not UTF-8.")
        .look_at("where bytes become text: that can fail, and clients can send anything."),
    mistake("disconnects-at-a-long-line", Lines)
        .end_before(|i| i.drop_client_if(has_long_line(&i.lines_so_far())))
        .sizes(&[1, 2])
        .means(
            "your server disconnects a client whose line is too long: it should send an error and \
             keep the client.",
        )
        .look_at(LINE_STAYS),
    mistake("refuses-a-long-line-and-disconnects", Lines)
        .end_after(|i| i.drop_client_if(i.is_served() && i.sent().is_some_and(has_long_line)))
        .sizes(&[1, 2])
        .means(
            "your server refuses a line that is too long, then disconnects the client: it should \
             keep it.",
        )
        .look_at(LINE_STAYS),
    mistake("closes-after-the-first-message", Echo)
        .end_after(|i| i.sent().map(|_| Announced))
        .means("your server closes a connection after the client's first message.")
        .look_at(LOOP_GOES_ON),
    mistake("answers-only-the-first-message", Echo)
        .read(|p| {
            if p.client().sent == 0 {
                p.bytes.to_vec()
            } else {
                Vec::new()
            }
        })
        .means("your server answers only the first message of each client.")
        .look_at(LOOP_GOES_ON),
];

fn is_no_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err()
}

fn has_bad_line(bytes: &[u8]) -> bool {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut whole = lines.filter(|line| line.ends_with(b"\n"));
    whole.any(is_no_text)
}

fn has_long_line(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    lines.any(|line| line.strip_suffix(b"\r").unwrap_or(line).len() > LIMIT)
}
