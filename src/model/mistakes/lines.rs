//! How bytes become lines, and which lines are passed on.

use crate::model::contract::Kind::LineRefused;
use crate::model::contract::Quirk::{ForgetLastLine, PassEmptyLines};
use crate::model::contract::lines::{NOT_UTF8, TOO_LONG, decoded, is_unsafe_to_print, without_end};
use crate::model::contract::{Contract, Delivery, Expected, LIMIT, Line, Message, Packet};
use crate::model::features::Feature::{Commands, Lines};
use crate::model::mistakes::hearing::to_all;
use crate::model::mistakes::mistake::{Mistake, mistake};
use crate::model::mistakes::vocabulary::{valid_text, with_text};

const END_OF_MESSAGE: &str =
    "where a message ends: at its newline. Buffer what came before until the newline arrives.";
const SKIP_TO_NEWLINE: &str =
    "where a line is collected: beyond 4096 bytes drop it, reply, and skip to its newline.";
const WHERE_TEXT: &str =
    "where bytes become text: from_utf8 reports invalid bytes, from_utf8_lossy hides them.";
const READ_AS_MESSAGE: &str =
    "your server treats each read() as one message, but TCP may split or join writes anywhere.";

pub const MISTAKES: &[Mistake] = &[
    mistake("read-as-message", Lines)
        .until(Commands)
        .set(|c, _| c.forget(Lines))
        .means(READ_AS_MESSAGE)
        .look_at(END_OF_MESSAGE),
    mistake("read-as-message", Lines)
        .frame(read_as_message)
        .sizes(&[0, 1])
        .means(READ_AS_MESSAGE)
        .look_at(END_OF_MESSAGE),
    mistake("read-as-message", Lines)
        .frame(lines_of_read)
        .means(READ_AS_MESSAGE)
        .look_at(END_OF_MESSAGE),
    mistake("two-lines-as-one", Lines)
        .frame(lines_as_one)
        .means("your server treats two lines that arrived together as one message.")
        .look_at("what one read returns: it may hold several lines, each a message."),
    mistake("one-line-of-a-read", Lines)
        .frame(one_line_of_read)
        .sizes(&[0, 1])
        .means(
            "your server handles only one line per read: the next one waits until more data \
             arrives.",
        )
        .look_at(
            "what one read returns: it may hold several lines. Loop until no whole line is left.",
        ),
    mistake("decodes-each-packet", Lines)
        .frame(text_of_packet)
        .means("your server decodes each packet separately: half a character is not valid UTF-8.")
        .look_at("where bytes become text: collect the bytes of a line first, then decode them."),
    mistake("loses-what-follows-a-line", Lines)
        .frame(first_line_of_packet)
        .means("your server loses data that it read past the end of a line.")
        .look_at(
            "the buffer: a BufReader must live as long as its connection, and one read may return \
             several lines.",
        ),
    mistake("appends-lines", Lines)
        .frame(appended_lines)
        .sizes(&[0, 1, 2])
        .means("your server repeats a client's earlier lines with each new one.")
        .look_at(
            "where a line is collected: read_line and read_until append to the buffer. Clear it \
             before each line, or create a new one.",
        ),
    mistake("forgets-the-last-line", Lines)
        .have(ForgetLastLine)
        .means("your server loses a client's last line if it has no newline.")
        .look_at("the end of the input: data after the last newline is a line too."),
    mistake("cuts-characters", Lines)
        .frame(lossy_text_of_packet)
        .means("your server decodes each packet, not each line: a character was cut in two.")
        .look_at("where bytes become text: collect the bytes of a line first, then decode them."),
    mistake("passes-empty-lines", Lines)
        .have(PassEmptyLines)
        .means("your server passes on empty lines.")
        .look_at("the line after trimming: if it is empty, ignore it."),
    mistake("other-line-ends", Lines)
        .frame(lines_with_other_ends)
        .sizes(&[0, 1, 2])
        .means("your server ends a line at other characters than \\n.")
        .look_at(
            "where a line ends: only at \\n. A function that splits text into lines may accept \
             other line ends.",
        ),
    mistake("no-limit", Lines)
        .set(|c, _| c.limit = usize::MAX)
        .means("your server buffers a line without limit: one client can exhaust its memory.")
        .look_at(SKIP_TO_NEWLINE),
    mistake("another-limit", Lines)
        .set(|c, size| c.limit = size)
        .sizes(&[
            13, 63, 64, 79, 80, 100, 127, 128, 140, 200, 254, 255, 256, 500, 511, 512, 1000, 1022,
            1023, 1024, 2000, 2046, 2047, 2048, 4000, 4093, 4094, 4095, 4097, 4098, 4099, 5000,
            8190, 8191, 8192,
        ])
        .means("your server limits a line to another length ({n} bytes) than 4096 bytes.")
        .look_at("what the limit counts: 4096 bytes of text, without the line ending."),
    mistake("counts-the-line-end", Lines)
        .decode(|line| refused_if(line, counted_with_end(line) > line.contract.limit))
        .sizes(&[0, 1])
        .means("your server counts the line ending as part of the line.")
        .look_at("what the limit counts: 4096 bytes of text, without the line ending."),
    mistake("counts-characters", Lines)
        .set(|c, _| c.limit = 4 * LIMIT)
        .decode(limited_to_characters)
        .means("your server counts characters instead of bytes.")
        .look_at("what the limit counts: 4096 bytes of text, without the line ending."),
    mistake("refuses-long-lines-late", Lines)
        .set(|c, _| c.limit = usize::MAX)
        .decode(|line| decoded(line.bytes, LIMIT))
        .means(
            "your server refuses a line that is too long only when its newline comes. If it \
             buffers the line until then, one client can exhaust its memory.",
        )
        .look_at(SKIP_TO_NEWLINE),
    mistake("rest-of-a-long-line", Lines)
        .frame(beginning_refused)
        .sizes(&[4096, 4097, 4098])
        .means("your server treats the rest of a long line as another line.")
        .look_at(
            "what follows the refusal: everything up to the newline belongs to the refused line.",
        ),
    mistake("cuts-long-lines", Lines)
        .frame(|p| in_pieces(p, |piece, _| decoded(piece, usize::MAX)))
        .sizes(&[1000, 1023, 1024, 2048, 4095, 4096, 4097, 4098, 8192])
        .means("your server splits a long line into several.")
        .look_at(
            "how a line that is too long is handled: drop all of it, and reply to its sender.",
        ),
    mistake("cuts-long-lines-off", Lines)
        .set(|c, _| c.limit = usize::MAX)
        .decode(beginning_of_line)
        .sizes(&[64, 128, 256, 512, 1000, 1024, 2048, 4095, 4096, 4097, 4098])
        .means("your server truncates a long line and passes on its beginning.")
        .look_at(
            "how a line that is too long is handled: drop all of it, and reply to its sender.",
        ),
    mistake("passes-bad-lines", Lines)
        .decode(|line| unless_bad(line, |bytes| String::from_utf8_lossy(bytes).into_owned()))
        .means("your server passes on a line that is not UTF-8, as it is or changed.")
        .look_at(WHERE_TEXT),
    mistake("passes-the-text-of-bad-lines", Lines)
        .decode(|line| unless_bad(line, valid_text))
        .means(
            "your server drops the invalid bytes of a line that is not UTF-8 and passes on the \
             rest.",
        )
        .look_at(WHERE_TEXT),
    mistake("drops-bad-lines-silently", Lines)
        .decode(|line| unless_bad(line, |_| String::new()))
        .means("your server silently drops a line that is not UTF-8.")
        .look_at("where a line is refused: reply with the reason, and keep the client."),
    mistake("drops-long-lines-silently", Lines)
        .deliver(|d| d.never_if(is_too_long(d)))
        .means("your server silently drops a line that is too long.")
        .look_at("where a line is refused: reply with the reason, and keep the client."),
    to_all("refuses-lines-in-public", Lines, &[LineRefused])
        .means(
            "your server sends the refusal of a line to everyone; only its sender should get it.",
        )
        .look_at("which clients you write to: an answer or a refusal goes only to the sender."),
    mistake("passes-control-characters", Lines)
        .decode(|line| shown(line, |_| false, ""))
        .means("your server forwards control characters: one client can clear another's screen.")
        .look_at("the characters of a line: replace every char that is_control()."),
    mistake("passes-c1-controls", Lines)
        .decode(|line| shown(line, |c| c.is_ascii_control() && c != '\t', "\u{fffd}"))
        .means("your server forwards some control characters: those beyond ASCII (C1).")
        .look_at(
            "the characters of a line: replace every char that is_control(); U+009B starts an \
             escape sequence, as ESC [ does.",
        ),
    mistake("hides-control-characters", Lines)
        .decode(hide_controls)
        .sizes(&[0, 1, 2, 3])
        .means("your server does not replace a control character with U+FFFD.")
        .look_at(
            "how control characters are replaced: each char that is_control(), except the tab, \
             becomes U+FFFD.",
        ),
    mistake("replaces-tabs", Lines)
        .decode(|line| shown(line, char::is_control, "\u{fffd}"))
        .means("your server replaces the tab too.")
        .look_at(
            "how control characters are replaced: each char that is_control(), except the tab, \
             becomes U+FFFD.",
        ),
];

/// Other line ends that some libraries accept.
const LINE_ENDS: [&[char]; 3] = [
    &['\r'],
    &[
        '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
    ],
    &['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'],
];

// Where a message ends.

/// 0: with its white space; 1: trimmed.
fn read_as_message(packet: &mut Packet) -> Vec<Message> {
    let text = match packet.size {
        0 => packet.bytes,
        _ => packet.bytes.trim_ascii(),
    };
    vec![packet.contract.message(text)]
}

fn lines_of_read(packet: &mut Packet) -> Vec<Message> {
    let lines = packet.bytes.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| packet.contract.message(line)).collect()
}

/// All buffered input, once it ends with a newline.
fn lines_as_one(packet: &mut Packet) -> Vec<Message> {
    let bytes = packet.bytes;
    let is_whole = bytes.ends_with(b"\n");
    packet.client().unfinished.extend(bytes);
    if !is_whole {
        return Vec::new();
    }
    let all = std::mem::take(&mut packet.client().unfinished);
    vec![raw(packet.contract, without_end(&all))]
}

/// The rest is 0: kept for later; 1: lost at the end of the input.
fn one_line_of_read(packet: &mut Packet) -> Vec<Message> {
    let (bytes, size) = (packet.bytes, packet.size);
    let client = packet.client();
    let rest = match size {
        0 => &mut client.unfinished,
        _ => &mut client.kept,
    };
    rest.extend(bytes);
    let end = rest.iter().position(|byte| *byte == b'\n');
    let line: Vec<u8> = rest.drain(..end.map_or(0, |at| at + 1)).collect();
    if line.is_empty() {
        return Vec::new();
    }
    vec![packet.contract.message(&line)]
}

fn first_line_of_packet(packet: &mut Packet) -> Vec<Message> {
    let mut messages = packet.contract.lines(packet.by, packet.bytes);
    messages.truncate(1);
    if packet.bytes.contains(&b'\n') {
        packet.client().unfinished.clear();
    }
    messages
}

/// The newlines between the lines are 0: kept; 1: replaced; 2: removed.
fn appended_lines(packet: &mut Packet) -> Vec<Message> {
    let (bytes, size) = (packet.bytes, packet.size);
    let mut messages = Vec::new();
    for part in bytes.split_inclusive(|byte| *byte == b'\n') {
        let kept = &mut packet.client().kept;
        kept.extend(if size == 2 { without_end(part) } else { part });
        if part.ends_with(b"\n") {
            let all = without_end(kept).to_vec();
            messages.push(match size {
                0 => raw(packet.contract, &all),
                _ => packet.contract.message(&all),
            });
        }
    }
    messages
}

fn lines_with_other_ends(packet: &mut Packet) -> Vec<Message> {
    let ends = LINE_ENDS[packet.size];
    let text = with_text(packet.bytes, |text| text.replace(ends, "\n"));
    packet.contract.lines(packet.by, &text)
}

/// A message as it was sent, with newlines in it.
fn raw(contract: &Contract, bytes: &[u8]) -> Message {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.len() <= contract.limit => Message::Text(text.to_string()),
        _ => contract.message(bytes),
    }
}

// Where bytes become text.

fn text_of_packet(packet: &mut Packet) -> Vec<Message> {
    if std::str::from_utf8(packet.bytes).is_err() {
        return vec![Message::Refused(NOT_UTF8)];
    }
    packet.contract.lines(packet.by, packet.bytes)
}

fn lossy_text_of_packet(packet: &mut Packet) -> Vec<Message> {
    let text = String::from_utf8_lossy(packet.bytes).into_owned();
    packet.contract.lines(packet.by, text.as_bytes())
}

/// Decodes a line that is not UTF-8 with `text`.
fn unless_bad(line: &Line, text: impl Fn(&[u8]) -> String) -> Message {
    match line.decoded() {
        Message::Refused(NOT_UTF8) => decoded(text(without_end(line.bytes)).as_bytes(), usize::MAX),
        message => message,
    }
}

// How long a line may be.

fn refused_if(line: &Line, is_too_long: bool) -> Message {
    if is_too_long {
        return Message::Refused(TOO_LONG);
    }
    line.decoded()
}

/// 0: with the whole line ending; 1: with its `\r`.
fn counted_with_end(line: &Line) -> usize {
    match line.size {
        0 => line.bytes.len(),
        _ => line.bytes.strip_suffix(b"\n").unwrap_or(line.bytes).len(),
    }
}

fn limited_to_characters(line: &Line) -> Message {
    match decoded(line.bytes, usize::MAX) {
        Message::Text(text) if text.chars().count() > LIMIT => Message::Refused(TOO_LONG),
        message => message,
    }
}

fn beginning_of_line(line: &Line) -> Message {
    let text = without_end(line.bytes);
    decoded(&text[..line.size.min(text.len())], usize::MAX)
}

fn beginning_refused(packet: &mut Packet) -> Vec<Message> {
    in_pieces(packet, |piece, size| {
        if piece.len() >= size && !piece.ends_with(b"\n") {
            return Message::Refused(TOO_LONG);
        }
        decoded(piece, LIMIT)
    })
}

/// Cuts the input into pieces of at most the mistake's size; each counts as a line.
fn in_pieces(packet: &mut Packet, message: fn(&[u8], usize) -> Message) -> Vec<Message> {
    let (bytes, size) = (packet.bytes, packet.size);
    let unfinished = &mut packet.client().unfinished;
    let mut messages = Vec::new();
    for byte in bytes {
        unfinished.push(*byte);
        if *byte == b'\n' || unfinished.len() >= size {
            messages.push(message(unfinished, size));
            unfinished.clear();
        }
    }
    messages
}

fn is_too_long(delivery: &Delivery) -> bool {
    *delivery.expected == Expected::Bytes(format!("{TOO_LONG}\n").into_bytes())
}

// How a line is displayed to others.

/// A line in which other characters are replaced.
fn shown(line: &Line, is_bad: fn(char) -> bool, by: &str) -> Message {
    match line.decoded() {
        Message::Text(_) => {
            let text = String::from_utf8_lossy(without_end(line.bytes));
            Message::Text(text.replace(is_bad, by))
        }
        message => message,
    }
}

/// 3: the tab too.
fn hide_controls(line: &Line) -> Message {
    match line.size {
        0 => shown(line, is_unsafe_to_print, ""),
        1 => shown(line, is_unsafe_to_print, "?"),
        2 => shown(line, is_unsafe_to_print, " "),
        _ => shown(line, char::is_control, ""),
    }
}
