//! Hostile input to a chat of whole lines: random bytes, endless lines, resets, impersonation. The
//! other clients must receive exactly what they should, and the server must not leak.

use crate::chat::{expect_all, first, next};
use crate::client::Client;
use crate::random::Random;
use crate::server::Server;
use crate::step::Step;

on_each!([lines commands names outboxes backpressure one_writer accounts ledger instances] {
    random_streams_do_no_harm
    a_line_without_end_is_not_collected
    no_client_can_forge_server_lines
    nothing_steers_a_terminal
    nothing_misleads_the_eye
    refusals_reach_their_sender_alone
});

/// The default number of random streams. For more: `STREAMS=10000 cargo test random_streams`.
const STREAMS: u64 = 100;

/// One stranger after another sends random bytes in random packets, and half-closes or just closes.
/// `SEED=… cargo test random_streams` repeats a run.
fn random_streams_do_no_harm(step: Step) {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse().ok())
    };
    let seed = number("SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let streams = number("STREAMS").unwrap_or(STREAMS);
    println!("SEED={seed} STREAMS={streams}");
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let before = server.resources();
    for stream in 0..streams {
        let mut random = Random::new(seed.wrapping_add(stream));
        play_stranger(&server, step, &mut random, &mut [&mut alice, &mut bob]);
    }
    alice.send_line("still here");
    let line = format!("{alice} says: still here");
    expect_all(&line, [&mut alice, &mut bob]);
    server.wait_for_resources(before);
    if let Some(memory) = server.memory() {
        println!("{} KiB of memory after {streams} streams", memory / 1024);
    }
}

fn play_stranger(server: &Server, step: Step, random: &mut Random, others: &mut [&mut Client; 2]) {
    let bytes = random_bytes(random);
    let mut stranger = server.connect("a stranger");
    let who = stranger.to_string();
    for other in others.iter_mut() {
        other.expect_line(&format!("{who} joined the chat."));
    }
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let (packet, after) = rest.split_at(random.below(rest.len().min(3000)) + 1);
        stranger.send_bytes(packet);
        rest = after;
    }
    let in_order = random.below(3) > 0;
    if in_order {
        stranger.half_close();
        stranger.read_to_end();
    }
    drop(stranger);
    for other in others.iter_mut() {
        let received = lines_until_it_left(other);
        let expected = expected_by_others(step, &who, &bytes);
        let is_right =
            received == expected || (!in_order && is_for_a_prefix(&received, step, &who, &bytes));
        assert!(
            is_right,
            "a stranger's {bytes:?} become {received:#?}, not {expected:#?}"
        );
    }
}

/// The lines that a client receives until the stranger has left, under any name.
fn lines_until_it_left(client: &mut Client) -> Vec<String> {
    let is_left = |line: &str| line.ends_with(" left the chat.") && !line.contains(" says: ");
    let mut received = Vec::new();
    while !received.last().is_some_and(|line: &String| is_left(line)) {
        received.push(client.next_line().expect("a line"));
    }
    received
}

/// Whether a prefix of these bytes explains the lines: a reset discards the rest, and may come in
/// the middle of a line.
fn is_for_a_prefix(received: &[String], step: Step, who: &str, bytes: &[u8]) -> bool {
    let ends = (0..bytes.len())
        .filter(|end| bytes[*end] == b'\n')
        .map(|end| end + 1);
    std::iter::once(0).chain(ends).any(|start| {
        let mut before = expected_by_others(step, who, &bytes[..start]);
        let left = before.pop().unwrap_or_default();
        let name = left.trim_end_matches(" left the chat.");
        // One line of input makes one line at most; then the stranger leaves.
        let last = received.strip_prefix(&before[..]);
        let Some(last) = last.filter(|last| last.len() <= 2) else {
            return false;
        };
        let line = bytes[start..]
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or(&[]);
        (0..=line.len()).any(|end| expected_by_others(step, name, &line[..end]) == last)
    })
}

/// Words, commands, line ends, multi-byte characters, control characters, and any bytes at all.
fn random_bytes(random: &mut Random) -> Vec<u8> {
    let pieces: [&[u8]; 16] = [
        b"hello",
        b"\n",
        b"\r\n",
        b"\r",
        "é".as_bytes(),
        "🦀".as_bytes(),
        b"\xff",
        b"\x1b[2J",
        b"/nick ",
        b"/up ",
        b"\n/who\n",
        b"\n/nick stranger\n",
        b" left the chat.",
        b"\n/quitter\n",
        b"\0\t\x07",
        b" says: ",
    ];
    let mut bytes = Vec::new();
    for _ in 0..random.below(40) {
        match random.below(20) {
            0 => bytes.extend((0..random.below(6000)).map(|_| b'x')),
            1 => bytes.extend((0..random.below(50)).map(|_| random.byte())),
            2 if random.below(10) == 0 => bytes.extend_from_slice(b"\n/exit\n"),
            _ => bytes.extend_from_slice(pieces[random.below(pieces.len())]),
        }
    }
    bytes
}

/// What the others receive of these bytes: a second, plain implementation of the rules.
fn expected_by_others(step: Step, address: &str, bytes: &[u8]) -> Vec<String> {
    let mut name = address.to_string();
    let mut seen = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(text) = std::str::from_utf8(line) else {
            continue;
        };
        let text: String = text.chars().map(shown).collect();
        if line.len() > 4096 || text.trim().is_empty() {
            continue;
        }
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
        let rest = rest.trim();
        match word {
            _ if step.name == "4-lines" || !text.starts_with('/') => {
                seen.push(format!("{name} says: {text}"));
            }
            "/exit" => break,
            "/nick" if step.name != "5-commands" && is_name(rest) && rest != name => {
                seen.push(format!("{name} is now {rest}"));
                name = rest.to_string();
            }
            _ => {}
        }
    }
    seen.push(format!("{name} left the chat."));
    seen
}

fn shown(c: char) -> char {
    let misleads = "\u{ad}\u{61c}\u{200e}\u{200f}".contains(c)
        || matches!(u32::from(c), 0x2028..0x202f | 0x2066..0x2070 | 0xe0000..0xe0080);
    if c != '\t' && (c.is_control() || misleads) {
        '\u{fffd}'
    } else {
        c
    }
}

fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (3..=15).contains(&text.len())
        && text.chars().all(fits)
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn a_line_without_end_is_not_collected(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let piece = vec![b'x'; 1 << 20];
    bob.send_bytes(&piece);
    bob.expect_line("Line too long: the limit is 4096 bytes.");
    let before = server.memory();
    for _ in 0..32 {
        bob.send_bytes(&piece);
    }
    bob.send_bytes(b"\nhello\n");
    let line = format!("{bob} says: hello");
    expect_all(&line, [&mut alice, &mut bob]);
    if let (Some(before), Some(after)) = (before, server.memory()) {
        let more = after.saturating_sub(before);
        assert!(more < 1 << 20, "{more} bytes more for a line of 33 MiB");
    }
}

fn no_client_can_forge_server_lines(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    let notice = format!("{alice} left the chat.");
    let word = format!("{alice} says: I am alice");
    for pretence in [notice.as_str(), &word, "Bye."] {
        bob.send_line(pretence);
        let line = format!("{bob} says: {pretence}");
        expect_all(&line, [&mut alice, &mut bob]);
    }
    // Nor with other line separators.
    for (sent, seen) in [
        ("\r", "\u{fffd}"),
        ("\u{85}", "\u{fffd}"),
        ("\u{2028}", "\u{fffd}"),
        ("\x0b", "\u{fffd}"),
    ] {
        bob.send_line(&format!("hm{sent}{notice}"));
        let line = format!("{bob} says: hm{seen}{notice}");
        expect_all(&line, [&mut alice, &mut bob]);
    }
}

fn nothing_steers_a_terminal(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    for c in (0..0x20)
        .chain(0x7f..0xa0)
        .filter_map(char::from_u32)
        .filter(|c| !"\t\n".contains(*c))
    {
        bob.send_line(&format!("a{c}z"));
        let line = format!("{bob} says: a\u{fffd}z");
        expect_all(&line, [&mut alice, &mut bob]);
    }
    bob.send_line("a\tz");
    let line = format!("{bob} says: a\tz");
    expect_all(&line, [&mut alice, &mut bob]);
}

fn nothing_misleads_the_eye(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    for (said, seen) in [
        ("abc\u{200f}def", "abc\u{fffd}def"),
        ("pass\u{ad}word", "pass\u{fffd}word"),
        ("hi\u{e0041}", "hi\u{fffd}"),
        ("\u{200b}\n\u{feff}\u{3164}\nseen", "seen"),
        (
            &format!("o{}", "\u{301}".repeat(99)),
            "o\u{301}\u{301}\u{301}\u{301}\u{301}",
        ),
        ("\u{1f469}\u{200d}\u{1f680}", "\u{1f469}\u{200d}\u{1f680}"),
    ] {
        bob.send_line(said);
        let line = format!("{bob} says: {seen}");
        expect_all(&line, [&mut alice, &mut bob]);
    }
}

fn refusals_reach_their_sender_alone(step: Step) {
    let server = Server::start(step);
    let mut alice = first(&server, "alice");
    let mut bob = next(&server, "bob", [&mut alice]);
    bob.send_bytes(b"\xff\n");
    bob.expect_line("Not valid UTF-8: the line was not sent.");
    bob.send_line(&"x".repeat(4097));
    bob.expect_line("Line too long: the limit is 4096 bytes.");
    bob.send_line("sorry");
    let line = format!("{bob} says: sorry");
    expect_all(&line, [&mut alice, &mut bob]);
}
