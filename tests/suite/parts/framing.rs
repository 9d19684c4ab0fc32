//! Framing: bytes in, lines out.

use std::io::{self, Read};

use super::lines::{BadLine, LIMIT, Lines};
use crate::random::Random;

type Line = Result<String, BadLine>;

const TOO_LONG: Line = Err(BadLine::TooLong);
const NOT_UTF8: Line = Err(BadLine::NotUtf8);

fn lines(input: &[u8]) -> Vec<Line> {
    Lines::new(input).collect()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a whole line is expected, not a text"
)]
fn ok(text: impl Into<String>) -> Line {
    Line::Ok(text.into())
}

/// A reader whose reads return one packet each.
struct Packets<'a>(Vec<&'a [u8]>);

impl Read for Packets<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(packet) = self.0.first_mut() else {
            return Ok(0);
        };
        let length = packet.read(buffer)?;
        self.0.retain(|packet| !packet.is_empty());
        Ok(length)
    }
}

fn lines_of_packets(mut packets: Vec<&[u8]>) -> Vec<Line> {
    packets.retain(|packet| !packet.is_empty()); // An empty read would be the end of input.
    Lines::new(Packets(packets)).collect()
}

#[test]
fn a_line_ends_with_either_line_end_or_with_the_input() {
    assert_eq!(lines(b"a\nb\r\nc"), [ok("a"), ok("b"), ok("c")]);
    assert_eq!(lines(b"a\r\n"), [ok("a")]);
    assert_eq!(lines(b"a\r"), [ok("a")]);
    assert_eq!(lines(b""), []);
}

#[test]
fn lines_without_anything_to_see_are_left_out() {
    assert_eq!(lines("\n\r\n \t\n\u{a0}\n\n\na\n\n".as_bytes()), [ok("a")]);
    assert_eq!(lines(b"  "), []);
}

#[test]
fn white_space_around_a_text_stays() {
    assert_eq!(
        lines(b"\t\tlet a = 1;  \n a\r\n"),
        [ok("\t\tlet a = 1;  "), ok(" a")]
    );
}

#[test]
fn the_limit_counts_bytes_and_no_line_end() {
    let most = "x".repeat(LIMIT);
    for end in ["", "\n", "\r\n", "\n\n"] {
        assert_eq!(lines(format!("{most}{end}").as_bytes()), [ok(&most)]);
        assert_eq!(lines(format!("{most}y{end}").as_bytes()), [TOO_LONG]);
        assert_eq!(lines(format!("{most}yy{end}").as_bytes()), [TOO_LONG]);
        assert_eq!(lines(format!("{most}\rz{end}").as_bytes()), [TOO_LONG]);
    }
    let umlauts = "\u{e4}".repeat(LIMIT / 2);
    assert_eq!(lines(umlauts.as_bytes()), [ok(&umlauts)]);
    assert_eq!(lines(format!("{umlauts}y").as_bytes()), [TOO_LONG]);
}

#[test]
fn a_long_line_is_dropped_whole_and_reported_once() {
    let long = "x".repeat(100_000);
    let input = format!("before\n{long}\nafter\n{long}\r\nend");
    let expected = [ok("before"), TOO_LONG, ok("after"), TOO_LONG, ok("end")];
    assert_eq!(lines(input.as_bytes()), expected);
}

#[test]
fn an_endless_line_is_reported_before_its_end_and_not_kept() {
    let mut endless = Lines::new(io::repeat(b'x'));
    assert_eq!(endless.next(), Some(TOO_LONG));
    let long = io::repeat(b'x').take(1 << 24).chain(&b"\nafter"[..]);
    assert!(Lines::new(long).eq([TOO_LONG, ok("after")]));
}

#[test]
fn bytes_that_are_no_text_are_reported_and_dropped() {
    assert_eq!(lines(b"a\n\xff\nb"), [ok("a"), NOT_UTF8, ok("b")]);
    assert_eq!(lines(b"\xc3\n\xa4\n"), [NOT_UTF8, NOT_UTF8]);
}

#[test]
fn nothing_that_a_terminal_obeys_comes_through() {
    assert_eq!(
        lines(b"\x1b[2J\ttab\rx\x00\x7f\x08"),
        [ok("\u{fffd}[2J\ttab\u{fffd}x\u{fffd}\u{fffd}\u{fffd}")]
    );
    assert_eq!(lines(b"a\r\r\n"), [ok("a\u{fffd}")]);
    for obeyed in ["\u{9b}", "\u{85}", "\u{2028}", "\u{202e}", "\u{2066}"] {
        assert_eq!(lines(obeyed.as_bytes()), [ok("\u{fffd}")]);
    }
    let peaceful = "gr\u{fc}\u{df} \u{1f469}\u{200d}\u{1f680} \u{5e9}\u{5dc}\u{5d5}\u{5dd}";
    assert_eq!(lines(peaceful.as_bytes()), [ok(peaceful)]);
}

#[test]
fn nothing_that_misleads_the_eye_comes_through() {
    for misleading in [
        "\u{200e}",
        "\u{200f}",
        "\u{61c}",
        "\u{206a}",
        "\u{206f}",
        "\u{ad}",
        "\u{e0001}",
        "\u{e0041}",
        "\u{e007f}",
        "\u{202a}",
        "\u{2069}",
    ] {
        assert_eq!(
            lines(format!("a{misleading}b").as_bytes()),
            [ok("a\u{fffd}b")]
        );
    }
    // A flag of tags shows as what it is made of; a family, a heart and a flag of letters stay.
    let joined = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{2764}\u{fe0f}\u{200d}\u{1f525} \u{1f1fa}\u{1f1f3}";
    assert_eq!(lines(joined.as_bytes()), [ok(joined)]);
}

#[test]
fn lines_that_only_look_empty_are_left_out() {
    for blank in [
        "\u{200b}",
        "\u{feff}",
        "\u{3164}",
        "\u{200d}\u{2060}",
        " \u{115f}\u{1160}\t",
        "\u{ffa0}",
        "\u{2800}",
        "\u{fe0f}",
    ] {
        assert_eq!(lines(blank.as_bytes()), [], "{blank:?}");
        let seen = format!("{blank}.");
        assert_eq!(lines(seen.as_bytes()), [ok(&seen)]);
    }
}

#[test]
fn a_letter_carries_a_handful_of_marks() {
    let tower =
        |marks: usize, between: &str| format!("a{}b", format!("\u{301}{between}").repeat(marks));
    assert_eq!(lines(tower(5, "").as_bytes()), [ok(tower(5, ""))]);
    assert_eq!(lines(tower(1000, "").as_bytes()), [ok(tower(5, ""))]);
    // Nor does it help to put something invisible between them.
    let joiners = "\u{200d}".repeat(15);
    let expected = tower(5, "\u{200d}").replace('b', &format!("{joiners}b"));
    assert_eq!(lines(tower(20, "\u{200d}").as_bytes()), [ok(expected)]);
    let written = "Vi\u{1ec7}t, Vie\u{302}\u{323}t, \u{5d1}\u{5bc}\u{5b0}\u{5e8}\u{5b5}\u{5d0}, \u{e17}\u{e35}\u{e48}";
    assert_eq!(lines(written.as_bytes()), [ok(written)]);
}

#[test]
fn a_line_cut_off_by_an_error_is_dropped() {
    struct Reset;
    impl Read for Reset {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    assert!(Lines::new(b"whole\ncut of".chain(Reset)).eq([ok("whole")]));
}

#[test]
fn a_cut_at_any_place_changes_nothing() {
    let long = "x".repeat(LIMIT + 1);
    let input = format!("h\u{e4}llo\r\n\r\n\u{1f980}\ra\n{long}\r\nend\r\n");
    let input = [input.as_bytes(), b"\xc3\n\x1b"].concat();
    let uncut = lines(&input);
    for place in 0..=input.len() {
        let (head, tail) = input.split_at(place);
        assert_eq!(lines_of_packets(vec![head, tail]), uncut, "cut at {place}");
    }
    assert_eq!(lines_of_packets(input.chunks(1).collect()), uncut);
}

/// Line ends, characters of every length, whole and broken, and now and then a line of about the
/// maximum length.
fn random_bytes(random: &mut Random) -> Vec<u8> {
    let parts: [&[u8]; 12] = [
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"a",
        b"\x1b",
        b"\0",
        b"\xff",
        "\u{e4}".as_bytes(),
        "\u{1f980}".as_bytes(),
        "\u{2028}".as_bytes(),
        b"\xe2\x80",
    ];
    let mut bytes = Vec::new();
    for _ in 0..random.below(60) {
        bytes.extend_from_slice(parts[random.below(parts.len())]);
        if random.below(40) == 0 {
            bytes.resize(bytes.len() + LIMIT - 5 + random.below(10), b'x');
        }
    }
    bytes
}

fn random_packets<'a>(random: &mut Random, mut bytes: &'a [u8]) -> Vec<&'a [u8]> {
    let mut packets = Vec::new();
    while !bytes.is_empty() {
        let most = [3, 50, 9000][random.below(3)];
        let (packet, rest) = bytes.split_at(random.below(bytes.len().min(most)) + 1);
        packets.push(packet);
        bytes = rest;
    }
    packets
}

/// What a terminal shows of a character that this test uses.
fn shown(c: char) -> char {
    match c {
        '\r' | '\x1b' | '\0' | '\u{2028}' => '\u{fffd}',
        c => c,
    }
}

/// The same rules in short, for input that is complete.
fn expected(input: &[u8]) -> Vec<Line> {
    input
        .split(|byte| *byte == b'\n')
        .map(|line| match line.strip_suffix(b"\r").unwrap_or(line) {
            line if line.len() > LIMIT => TOO_LONG,
            line => match std::str::from_utf8(line) {
                Ok(text) => Ok(text.chars().map(shown).collect()),
                Err(_) => NOT_UTF8,
            },
        })
        .filter(|line| !matches!(line, Ok(text) if text.trim().is_empty()))
        .collect()
}

#[test]
fn random_bytes_in_random_packets() {
    for seed in 1..=2000_u64 {
        let mut random = Random::new(seed);
        let input = random_bytes(&mut random);
        let packets = random_packets(&mut random, &input);
        assert_eq!(lines_of_packets(packets), expected(&input), "seed {seed}");
    }
}
