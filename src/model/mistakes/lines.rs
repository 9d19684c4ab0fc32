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
    "where a message ends: at its newline. Keep what came before it until the rest is there.";
const SKIP_TO_NEWLINE: &str =
    "where a line is collected: beyond 4096 bytes drop it, say so, and skip to its newline.";
const WHERE_TEXT: &str =
    "where bytes become text: from_utf8 says that they are none, from_utf8_lossy does not.";
const READ_AS_MESSAGE: &str =
    "your server takes what one read returns for a message; the network cuts where it likes.";

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
        .means("your server takes two lines that came together for one message.")
        .look_at("what one read returns: it may hold several lines, and each is a message."),
    mistake("one-line-of-a-read", Lines)
        .frame(one_line_of_read)
        .sizes(&[0, 1])
        .means(
            "your server takes one line from what one read returns: the next one waits until more \
             comes.",
        )
        .look_at(
            "what one read returns: it may hold several lines. Go on until no whole line is left.",
        ),
    mistake("decodes-each-packet", Lines)
        .frame(text_of_packet)
        .means("your server decodes each packet by itself: half a character is no text.")
        .look_at("where bytes become text: collect the bytes of a line first, then decode them."),
    mistake("loses-what-follows-a-line", Lines)
        .frame(first_line_of_packet)
        .means("your server loses what it has read beyond a line.")
        .look_at(
            "what keeps the bytes: a BufReader must live as long as its connection, and what one \
             read returns may hold several lines.",
        ),
    mistake("appends-lines", Lines)
        .frame(appended_lines)
        .sizes(&[0, 1, 2])
        .means("your server says a client's earlier lines again with each new one.")
        .look_at(
            "where a line is collected: read_line and read_until append to what is there. Clear it \
             before each line, or make a new one.",
        ),
    mistake("forgets-the-last-line", Lines)
        .have(ForgetLastLine)
        .means("your server loses what a client says last before it leaves.")
        .look_at("the end of the input: what came since the last newline is a line, too."),
    mistake("cuts-characters", Lines)
        .frame(lossy_text_of_packet)
        .means("your server makes text of a packet, not of a line: a character was cut in two.")
        .look_at("where bytes become text: collect the bytes of a line first, then decode them."),
    mistake("passes-empty-lines", Lines)
        .have(PassEmptyLines)
        .means("your server passes empty lines on.")
        .look_at("what is left of a line without its end: if nothing is, there is nothing to say."),
    mistake("other-line-ends", Lines)
        .frame(lines_with_other_ends)
        .sizes(&[0, 1, 2])
        .means("your server takes other characters than \\n for the end of a line.")
        .look_at(
            "where a line ends: at \\n and nowhere else. What splits text into lines may know more \
             ends.",
        ),
    mistake("no-limit", Lines)
        .set(|c, _| c.limit = usize::MAX)
        .means("your server keeps as much of a line as somebody likes to send: memory has an end.")
        .look_at(SKIP_TO_NEWLINE),
    mistake("another-limit", Lines)
        .set(|c, size| c.limit = size)
        .sizes(&[
            13, 63, 64, 79, 80, 100, 127, 128, 140, 200, 254, 255, 256, 500, 511, 512, 1000, 1022,
            1023, 1024, 2000, 2046, 2047, 2048, 4000, 4093, 4094, 4095, 4097, 4098, 4099, 5000,
            8190, 8191, 8192,
        ])
        .means("your server has another limit for a line than 4096 bytes ({n}).")
        .look_at("what the limit counts: 4096 bytes of text, without the line's end."),
    mistake("counts-the-line-end", Lines)
        .decode(|line| refused_if(line, counted_with_end(line) > line.contract.limit))
        .sizes(&[0, 1])
        .means("your server counts the end of a line as part of it.")
        .look_at("what the limit counts: 4096 bytes of text, without the line's end."),
    mistake("counts-characters", Lines)
        .set(|c, _| c.limit = 4 * LIMIT)
        .decode(limited_to_characters)
        .means("your server counts characters where bytes are to be counted.")
        .look_at("what the limit counts: 4096 bytes of text, without the line's end."),
    mistake("refuses-long-lines-late", Lines)
        .set(|c, _| c.limit = usize::MAX)
        .decode(|line| decoded(line.bytes, LIMIT))
        .means(
            "your server refuses a line that is too long only when its newline comes. If it keeps \
             the line until then, memory has an end.",
        )
        .look_at(SKIP_TO_NEWLINE),
    mistake("rest-of-a-long-line", Lines)
        .frame(beginning_refused)
        .sizes(&[4096, 4097, 4098])
        .means("your server takes the rest of a long line for another line.")
        .look_at(
            "what follows the refusal: all up to the newline belongs to the line that was refused.",
        ),
    mistake("cuts-long-lines", Lines)
        .frame(|p| in_pieces(p, |piece, _| decoded(piece, usize::MAX)))
        .sizes(&[1000, 1023, 1024, 2048, 4095, 4096, 4097, 4098, 8192])
        .means("your server cuts a long line into several.")
        .look_at("where a line is too long: it is dropped whole, and its sender told."),
    mistake("cuts-long-lines-off", Lines)
        .set(|c, _| c.limit = usize::MAX)
        .decode(beginning_of_line)
        .sizes(&[64, 128, 256, 512, 1000, 1024, 2048, 4095, 4096, 4097, 4098])
        .means("your server cuts a long line off, and passes on its beginning.")
        .look_at("where a line is too long: it is dropped whole, and its sender told."),
    mistake("passes-bad-lines", Lines)
        .decode(|line| unless_bad(line, |bytes| String::from_utf8_lossy(bytes).into_owned()))
        .means("your server passes on a line that is not UTF-8, or what it made of it.")
        .look_at(WHERE_TEXT),
    mistake("passes-the-text-of-bad-lines", Lines)
        .decode(|line| unless_bad(line, valid_text))
        .means("your server drops the bytes of a line that are not UTF-8, and passes on the rest.")
        .look_at(WHERE_TEXT),
    mistake("drops-bad-lines-silently", Lines)
        .decode(|line| unless_bad(line, |_| String::new()))
        .means("your server drops a line that is not UTF-8, and does not say so.")
        .look_at("where a line is refused: its sender is told why, and stays."),
    mistake("drops-long-lines-silently", Lines)
        .deliver(|d| d.never_if(is_too_long(d)))
        .means("your server drops a line that is too long, and does not say so.")
        .look_at("where a line is refused: its sender is told why, and stays."),
    to_all("refuses-lines-in-public", Lines, &[LineRefused])
        .means("your server tells everybody that a line was refused; it concerns its sender alone.")
        .look_at("who is written to: an answer, or a refusal, goes to its sender alone."),
    mistake("passes-control-characters", Lines)
        .decode(|line| shown(line, |_| false, ""))
        .means(
            "your server passes on what makes a terminal obey: one client can clear another's \
             screen.",
        )
        .look_at("the characters of a line: whatever is_control() must not go out as it is."),
    mistake("passes-c1-controls", Lines)
        .decode(|line| shown(line, |c| c.is_ascii_control() && c != '\t', "\u{fffd}"))
        .means(
            "your server passes on some of what makes a terminal obey: the control characters \
             beyond ASCII.",
        )
        .look_at(
            "the characters of a line: whatever char::is_control() must not go out as it is; \
             U+009B steers a terminal like ESC.",
        ),
    mistake("hides-control-characters", Lines)
        .decode(hide_controls)
        .sizes(&[0, 1, 2, 3])
        .means("your server does not show a control character as it should.")
        .look_at("whatever is_control(), but not the tab: U+FFFD comes in its place."),
    mistake("replaces-tabs", Lines)
        .decode(|line| shown(line, char::is_control, "\u{fffd}"))
        .means("your server replaces the tab, too.")
        .look_at("whatever is_control(), but not the tab: U+FFFD comes in its place."),
];

/// What some libraries take for the end of a line, too.
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

/// What is there, as soon as it ends with a newline.
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

/// 0: what is left stays for later; 1: at the end of the input, it is lost.
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

/// The newlines between them 0: stay; 1: are replaced; 2: were taken off.
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

/// A line that is not UTF-8 becomes text in another way.
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

/// 0: with all of the end; 1: with its `\r`.
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

/// What is sent, cut into pieces of at most the mistake's size, each of which counts as a line.
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

// What of a line others see.

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

/// 3: also the tab.
fn hide_controls(line: &Line) -> Message {
    match line.size {
        0 => shown(line, is_unsafe_to_print, ""),
        1 => shown(line, is_unsafe_to_print, "?"),
        2 => shown(line, is_unsafe_to_print, " "),
        _ => shown(line, char::is_control, ""),
    }
}
