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
        .means("your server omits the newline: clients cannot tell where the line ends.")
        .look_at(
            "the end of what you write: every line ends in \\n, even if the text was trimmed.",
        ),
    without_newline("no-newline-after-said", Chat, &[Said])
        .means(
            "your server omits the newline after a message: clients cannot tell where the line \
             ends.",
        )
        .look_at(
            "the end of what you write: every line ends in \\n, even if the text was trimmed.",
        ),
    without_newline("no-newline-after-joined", Chat, &[Joined])
        .means("your server omits the newline after the notice that a client joined.")
        .look_at("the end of what you write: every line ends in \\n."),
    without_newline("no-newline-after-left", Chat, &[Left])
        .means("your server omits the newline after the notice that a client left.")
        .look_at("the end of what you write: every line ends in \\n."),
    without_newline("no-newline-after-answers", Lines, REPLIES)
        .means("your server omits the newline after an answer or a refusal.")
        .look_at("the end of what you write: every line ends in \\n."),
    with_two_newlines("two-newlines-after-said", Chat, &[Said])
        .means("your server writes two newlines after a message: the text still had its own.")
        .look_at("the text you read: trim it before you format the line."),
    with_two_newlines("two-newlines", Chat, &[])
        .means("your server writes two newlines after every line.")
        .look_at("the end of what you write: one \\n."),
    with_two_newlines("two-newlines-after-joined", Chat, &[Joined])
        .means("your server writes two newlines after the notice that a client joined.")
        .look_at("the end of what you write: one \\n."),
    with_two_newlines("two-newlines-after-left", Chat, &[Left])
        .means("your server writes two newlines after the notice that a client left.")
        .look_at("the end of what you write: one \\n."),
    with_two_newlines("two-newlines-after-answers", Lines, REPLIES)
        .means("your server writes two newlines after an answer or a refusal.")
        .look_at("the end of what you write: one \\n."),
    mistake("spells-the-newline", Chat)
        .write(|d| d.reword_if(d.is_of(KINDS[d.size]), |line| line.replace('\n', "\\n")))
        .sizes(&[0, 1, 2, 3, 4])
        .means("your server writes a backslash and an n instead of a newline.")
        .look_at("how the newline is written: in a string where \\n is an escape sequence."),
    mistake("ends-lines-with-crlf", Chat)
        .write(|d| d.reword_if(d.is_of(KINDS[d.size]), |line| line.replace('\n', "\r\n")))
        .sizes(&[0, 1, 2, 3, 4])
        .means("your server ends its lines with \\r\\n.")
        .look_at("the end of what you write: one \\n, no \\r before it."),
    mistake("own-address", Chat)
        .write(with_own_address)
        .sizes(&[0, 1, 2, 3])
        .means("your server shows its own address instead of the client's.")
        .look_at(
            "where {who} comes from: accept() and peer_addr() return the client's address; \
             local_addr() is the server's own.",
        ),
    mistake("part-of-an-address", Chat)
        .write(with_part_of_address)
        .sizes(&[0, 1])
        .means("your server shows only part of a client's address.")
        .look_at("where {who} comes from: an address is host:port; many clients may share a host."),
    mistake("handles-all-at-the-end", Chat)
        .frame(keep)
        .means("your server handles nothing until the end of the client's input.")
        .look_at(
            "the call that reads: read returns what has arrived, read_to_end and read_to_string \
             wait for end-of-file. Or are the lines still in a buffer that is never flushed?",
        ),
    mistake("ends-lines-only-at-crlf", Lines)
        .frame(lines_ended_by_crlf)
        .means("your server ends a line only at \\r\\n.")
        .look_at("what ends a line: \\n alone does too."),
    mistake("keeps-the-carriage-return", Chat)
        .decode(with_carriage_return)
        .sizes(&[0, 1])
        .means("your server keeps the \\r of a line that ends in \\r\\n, as telnet sends it.")
        .look_at("the end of the line: strip \\n, then \\r if there is one."),
];

const REPLIES: &[Kind] = &[Answer, Bye, LineRefused];

/// The kinds of lines that a mistake of this size affects; none: all.
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

/// 0: unchanged; 1: as U+FFFD.
fn with_carriage_return(line: &Line) -> Message {
    let shown = ["\r", "\u{fffd}"][line.size];
    match decoded(without_end(line.bytes), line.contract.limit) {
        Message::Text(text) if line.bytes.ends_with(b"\r\n") => Message::Text(text + shown),
        message => message,
    }
}
