//! How a line is written.

use crate::model::advice::Id;
use crate::model::contract::Kind::{Answer, Bye, Joined, Left, LineRefused, Said};
use crate::model::contract::lines::{decoded, without_end};
use crate::model::contract::{Delivery, Expected, Kind, Line, Message, Packet};
use crate::model::features::Feature::{self, Chat, Lines};
use crate::model::mistakes::mistake::{Mistake, mistake};
use crate::model::mistakes::vocabulary::keep;

pub const MISTAKES: &[Mistake] = &[
    without_newline("no-newline", Chat, &[])
        .means("your server leaves out the newline: nobody can tell where the line ends.")
        .look_at("the end of what you write: every line ends in \\n, also one that was trimmed."),
    without_newline("no-newline-after-said", Chat, &[Said])
        .means(
            "your server leaves out the newline after what somebody says: nobody can tell where \
             the line ends.",
        )
        .look_at("the end of what you write: every line ends in \\n, also one that was trimmed."),
    without_newline("no-newline-after-joined", Chat, &[Joined])
        .means("your server leaves out the newline after the notice that somebody joined.")
        .look_at("the end of what you write: every line ends in \\n."),
    without_newline("no-newline-after-left", Chat, &[Left])
        .means("your server leaves out the newline after the notice that somebody left.")
        .look_at("the end of what you write: every line ends in \\n."),
    without_newline("no-newline-after-answers", Lines, REPLIES)
        .means("your server leaves out the newline after an answer or a refusal.")
        .look_at("the end of what you write: every line ends in \\n."),
    with_two_newlines("two-newlines-after-said", Chat, &[Said])
        .means("your server ends what somebody says twice: the text still had its own newline.")
        .look_at("what you read: trim the text before you put it into a line."),
    with_two_newlines("two-newlines", Chat, &[])
        .means("your server ends every line twice.")
        .look_at("the end of what you write: one \\n."),
    with_two_newlines("two-newlines-after-joined", Chat, &[Joined])
        .means("your server puts one newline too many after the notice that somebody joined.")
        .look_at("the end of what you write: one \\n."),
    with_two_newlines("two-newlines-after-left", Chat, &[Left])
        .means("your server puts one newline too many after the notice that somebody left.")
        .look_at("the end of what you write: one \\n."),
    with_two_newlines("two-newlines-after-answers", Lines, REPLIES)
        .means("your server puts one newline too many after an answer or a refusal.")
        .look_at("the end of what you write: one \\n."),
    mistake("spells-the-newline", Chat)
        .write(|d| d.reword_if(d.is_of(KINDS[d.size]), |line| line.replace('\n', "\\n")))
        .sizes(&[0, 1, 2, 3, 4])
        .means("your server writes a backslash and an n where a newline should be.")
        .look_at("how the newline is written: quotes in which an escape counts, or none."),
    mistake("ends-lines-with-crlf", Chat)
        .write(|d| d.reword_if(d.is_of(KINDS[d.size]), |line| line.replace('\n', "\r\n")))
        .sizes(&[0, 1, 2, 3, 4])
        .means("your server ends its lines with \\r\\n.")
        .look_at("the end of what you write: one \\n, without a \\r before it."),
    mistake("own-address", Chat)
        .write(with_own_address)
        .sizes(&[0, 1, 2, 3])
        .means("your server calls a client by the server's own address.")
        .look_at(
            "where {who} comes from: accept() and peer_addr() tell the client's address; \
             local_addr() is the server's own.",
        ),
    mistake("part-of-an-address", Chat)
        .write(with_part_of_address)
        .sizes(&[0, 1])
        .means("your server does not call a client by its whole address.")
        .look_at(
            "where {who} comes from: an address is host:port; many clients may share the host.",
        ),
    mistake("handles-all-at-the-end", Chat)
        .frame(keep)
        .means("your server handles nothing before the client has said all.")
        .look_at(
            "the call that reads: read returns what is there, read_to_end and read_to_string wait \
             for the end. Or are the lines still in a buffer that nobody flushes?",
        ),
    mistake("ends-lines-only-at-crlf", Lines)
        .frame(lines_ended_by_crlf)
        .means("your server takes a line for whole only at \\r\\n.")
        .look_at("what ends a line: \\n alone does, too."),
    mistake("keeps-the-carriage-return", Chat)
        .decode(with_carriage_return)
        .sizes(&[0, 1])
        .means("your server keeps the \\r of a line that ends in \\r\\n, as telnet sends it.")
        .look_at("the end of the line: cut off \\n, then \\r if there is one."),
];

const REPLIES: &[Kind] = &[Answer, Bye, LineRefused];

/// What a mistake of this size concerns: all lines, or those of some kinds.
const KINDS: [&[Kind]; 5] = [&[], &[Said], &[Joined], &[Left], REPLIES];

// The same mistake with lines of other kinds.

const fn without_newline(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .write(|d| d.reword_if(d.is_concerned(), trimmed))
}

const fn with_two_newlines(id: Id, from: Feature, of: &'static [Kind]) -> Mistake {
    mistake(id, from)
        .of(of)
        .write(|d| d.reword_if(d.is_concerned(), |line| format!("{line}\n")))
}

fn trimmed(line: &str) -> String {
    line.trim_end_matches('\n').to_string()
}

fn with_own_address(delivery: &Delivery) -> Option<Expected> {
    let (address, server) = (&delivery.sender().address, &delivery.contract.server);
    let is_concerned = delivery.is_of(KINDS[delivery.size]);
    delivery.reword_if(is_concerned, |line| line.replacen(address, server, 1))
}

/// 0: the host; 1: the port.
fn with_part_of_address(delivery: &Delivery) -> Option<Expected> {
    let address = &delivery.sender().address;
    let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let shown = [host, port][delivery.size];
    delivery.reword_if(true, |line| line.replacen(address, shown, 1))
}

fn lines_ended_by_crlf(packet: &mut Packet) -> Vec<Message> {
    let bytes = packet.bytes;
    let unfinished = &mut packet.client().unfinished;
    unfinished.extend(bytes);
    let end = unfinished.windows(2).rposition(|two| two == b"\r\n");
    let whole: Vec<u8> = unfinished.drain(..end.map_or(0, |at| at + 2)).collect();
    let lines = whole.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| packet.contract.message(line)).collect()
}

/// 0: as it came; 1: as it is shown.
fn with_carriage_return(line: &Line) -> Message {
    let shown = ["\r", "\u{fffd}"][line.size];
    match decoded(without_end(line.bytes), line.contract.limit) {
        Message::Text(text) if line.bytes.ends_with(b"\r\n") => Message::Text(text + shown),
        message => message,
    }
}
