//! What is made of the bytes that a read returns.

use crate::model::contract::Packet;
use crate::model::features::Feature::{Chat, Echo};
use crate::model::mistakes::mistake::{Mistake, mistake};
use crate::model::mistakes::vocabulary::{keep, valid_text, with_text};

pub const MISTAKES: &[Mistake] = &[
    mistake("beginning-of-a-read", Echo)
        .until(Chat)
        .read(|p| p.bytes[..p.size.min(p.bytes.len())].to_vec())
        .sizes(&[
            8, 10, 13, 16, 20, 32, 50, 63, 64, 80, 100, 120, 127, 128, 140, 200, 250, 255, 256,
            300, 400, 500, 511, 512, 1000, 1023, 1024, 1460, 2000, 2047, 2048, 4000, 4095, 4096,
            5000, 8000,
        ])
        .means("your server uses only the beginning ({n} bytes) of what one read returns.")
        .look_at("how much of the buffer you write: as many bytes as read says."),
    mistake("whole-buffer", Echo)
        .until(Chat)
        .read(whole_buffer)
        .sizes(&[
            16, 32, 64, 100, 128, 200, 256, 500, 512, 1000, 1024, 2048, 4096, 8192,
        ])
        .means("your server sends the rest of its buffer ({n} bytes) as well.")
        .look_at("how much you write: read says how many bytes came, and only these count."),
    mistake("changes-case", Echo)
        .read(change_case)
        .sizes(&[0, 1, 2, 3])
        .means("your server changes the letter case of what it is sent.")
        .look_at("what happens to the text between the read and the write: nothing should."),
    mistake("text-of-bytes", Echo)
        .until(Chat)
        .read(|p| String::from_utf8_lossy(p.bytes).into_owned().into_bytes())
        .means("your server makes text of bytes: what is not UTF-8 comes back as something else.")
        .look_at("where bytes become text: an echo sends back bytes, whatever they are."),
    mistake("drops-bad-bytes", Echo)
        .until(Chat)
        .read(|p| valid_text(p.bytes).into_bytes())
        .means("your server drops bytes that are not UTF-8.")
        .look_at("where bytes become text: an echo sends back bytes, whatever they are."),
    mistake("only-ascii", Echo)
        .read(only_ascii)
        .sizes(&[0, 1])
        .means("your server knows only ASCII: it drops, or replaces, every other character.")
        .look_at("where bytes become text: an é is two bytes, and no mistake."),
    mistake("bytes-as-characters", Echo)
        .read(|p| text_of_latin_1(p.bytes).into_bytes())
        .means("your server takes each byte for a character: an é becomes two.")
        .look_at("where bytes become text: what is sent is UTF-8, not Latin-1."),
    mistake("drops-white-space", Echo)
        .until(Chat)
        .read(drop_white_space)
        .sizes(&[0, 1, 2, 3])
        .means("your server leaves out white space, such as the newline at the end.")
        .look_at("what happens to the text between the read and the write: nothing should."),
    mistake("adds-a-newline", Echo)
        .until(Chat)
        .read(add_newline)
        .sizes(&[0, 1])
        .means("your server adds a newline to what it sends back.")
        .look_at("what you write: the bytes that were read, and no more."),
    mistake("echoes-lines", Echo)
        .until(Chat)
        .read(whole_lines)
        .means("your server sends nothing back before it has read a whole line.")
        .look_at("the call that reads: read returns what is there, read_line waits for a newline."),
    mistake("echoes-at-the-end", Echo)
        .until(Chat)
        .read(keep)
        .means("your server sends nothing back before the client has said all.")
        .look_at(
            "the call that reads: read returns what is there, read_to_end waits for the end. Or is \
             the answer still in a buffer that nobody flushes?",
        ),
    mistake("stops-at-a-zero-byte", Echo)
        .read(|p| until_zero(p.bytes))
        .means("your server stops at a zero byte.")
        .look_at("where bytes become text: a zero byte is one like any other."),
];

fn until_zero(bytes: &[u8]) -> Vec<u8> {
    let mut parts = bytes.split(|byte| *byte == 0);
    parts.next().unwrap_or_default().to_vec()
}

/// Behind what was read stands what was there before.
fn whole_buffer(packet: &mut Packet) -> Vec<u8> {
    let (bytes, size) = (packet.bytes, packet.size);
    let buffer = &mut packet.client().kept;
    buffer.resize(size.max(bytes.len()), 0);
    buffer[..bytes.len()].copy_from_slice(bytes);
    buffer.clone()
}

fn change_case(packet: &mut Packet) -> Vec<u8> {
    match packet.size {
        0 => packet.bytes.to_ascii_uppercase(),
        1 => packet.bytes.to_ascii_lowercase(),
        2 => with_text(packet.bytes, str::to_uppercase),
        _ => with_text(packet.bytes, str::to_lowercase),
    }
}

/// 0: all else is dropped; 1: a question mark stands for it.
fn only_ascii(packet: &mut Packet) -> Vec<u8> {
    let replaced = |byte: u8| if byte.is_ascii() { byte } else { b'?' };
    let bytes = packet.bytes.iter().copied();
    match packet.size {
        0 => bytes.filter(u8::is_ascii).collect(),
        _ => bytes.map(replaced).collect(),
    }
}

fn text_of_latin_1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// 0: at both ends; 1: at the end; 2: the newline; 3: each carriage return.
fn drop_white_space(packet: &mut Packet) -> Vec<u8> {
    let bytes = packet.bytes;
    match packet.size {
        0 => bytes.trim_ascii().to_vec(),
        1 => bytes.trim_ascii_end().to_vec(),
        2 => bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec(),
        _ => bytes
            .iter()
            .copied()
            .filter(|byte| *byte != b'\r')
            .collect(),
    }
}

/// 0: behind all of it; 1: behind the text in it.
fn add_newline(packet: &mut Packet) -> Vec<u8> {
    let text = match packet.size {
        0 => packet.bytes,
        _ => packet.bytes.trim_ascii(),
    };
    [text, b"\n"].concat()
}

fn whole_lines(packet: &mut Packet) -> Vec<u8> {
    let bytes = packet.bytes;
    let unfinished = &mut packet.client().unfinished;
    unfinished.extend(bytes);
    let end = unfinished.iter().rposition(|byte| *byte == b'\n');
    unfinished.drain(..end.map_or(0, |end| end + 1)).collect()
}
