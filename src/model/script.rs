//! Sessions as text, in the words that `check` prints: `alice says hi; bob connects; bob says yo`.
//!
//! Turns are separated by newlines or `;`. ` & ` joins the acts of one turn; an act without a name
//! belongs to the same client: `carol says oops & resets`. Clients connect, say a TEXT (a whole
//! line), send a TEXT (exactly these bytes), half-close, leave and reset.
//!
//! A text may be quoted. It may contain `\n`, `\r`, `\t`, `\\`, `\xNN`, and `{4096 x}` for as many
//! x's; `{key-of-Alice}` is replaced by the key that the server made for Alice.

use crate::model::contract::{Action, ClientId};
use crate::model::session::{Act, NAMES, Session, Turn, turn};

/// The session that a text describes, or what is wrong with the text.
pub fn parse(text: &str) -> Result<Session, String> {
    let turns = text.split(['\n', ';']).map(str::trim);
    let turns = turns.filter(|turn| !turn.is_empty());
    turns.map(parse_turn).collect()
}

fn parse_turn(text: &str) -> Result<Turn, String> {
    let mut actor = None;
    let mut acts = Vec::new();
    for part in text.split(" & ").map(str::trim) {
        let (first, rest) = part.split_once(' ').unwrap_or((part, ""));
        let client = NAMES.iter().position(|name| *name == first);
        let what = if client.is_some() { rest } else { part };
        actor = client.or(actor);
        let who: ClientId = actor.ok_or(format!("\"{text}\": no client is called {first}"))?;
        let action = parse_action(what).map_err(|why| format!("\"{text}\": {why}"))?;
        acts.push(Act { who, action });
    }
    Ok(turn(acts))
}

fn parse_action(text: &str) -> Result<Action, String> {
    let (verb, text) = text.split_once(' ').unwrap_or((text, ""));
    match (verb, text.trim()) {
        ("connects", "") => Ok(Action::Connect),
        ("half-closes", "") => Ok(Action::HalfClose),
        ("leaves", "") => Ok(Action::Leave),
        ("resets", "") => Ok(Action::Reset),
        ("says", text) => Ok(Action::Send([parse_text(text)?, b"\n".to_vec()].concat())),
        ("sends", "") => Err("sends what?".to_string()),
        ("sends", text) => Ok(Action::Send(parse_text(text)?)),
        _ => Err(format!("no client {verb} {text}")),
    }
}

fn parse_text(text: &str) -> Result<Vec<u8>, String> {
    let inside = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let mut rest = inside.unwrap_or(text);
    let mut bytes = Vec::new();
    while let Some(c) = rest.chars().next() {
        let (piece, length) = match c {
            '\\' => unescape(rest)?,
            '{' => repetition(rest).unwrap_or((b"{".to_vec(), 1)),
            c => (c.to_string().into_bytes(), c.len_utf8()),
        };
        bytes.extend(piece);
        rest = &rest[length..];
    }
    Ok(bytes)
}

/// The byte of an escape, and the escape's length.
fn unescape(text: &str) -> Result<(Vec<u8>, usize), String> {
    let byte = match text.as_bytes().get(1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'\\') => b'\\',
        Some(b'x') => {
            let byte = text
                .get(2..4)
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let byte = byte.ok_or("after \\x come two hexadecimal digits")?;
            return Ok((vec![byte], 4));
        }
        _ => return Err("a backslash is \\\\, \\n, \\r, \\t or \\xNN".to_string()),
    };
    Ok((vec![byte], 2))
}

/// The bytes of `{4096 x}`, and the length of the expression.
fn repetition(text: &str) -> Option<(Vec<u8>, usize)> {
    let (times, part) = text[1..text.find('}')?].split_once(' ')?;
    Some((
        part.repeat(times.parse().ok()?).into_bytes(),
        times.len() + part.len() + 3,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::{
        ALICE, BOB, at_once, connects, half_closes, leaves, resets, resets_mid_word, says, sends,
    };

    #[test]
    fn a_text_says_what_is_done() {
        let text = r#"alice connects; alice says "  hi"
            bob sends caf\xe9\r & alice says {3 xy} {key-of-Bob}; bob half-closes
            bob says oops & resets; alice says oops & says wait & resets; alice leaves"#;
        let expected = [
            connects(ALICE),
            says(ALICE, "  hi"),
            at_once([sends(BOB, b"caf\xe9\r"), says(ALICE, "xyxyxy {key-of-Bob}")]),
            half_closes(BOB),
            resets(BOB),
            resets_mid_word(ALICE),
            leaves(ALICE),
        ];
        assert_eq!(parse(text), Ok(expected.to_vec()));
    }

    #[test]
    fn what_is_wrong_with_a_text_is_said() {
        for (text, why) in [
            (
                "alice says hi; bbo leaves",
                "\"bbo leaves\": no client is called bbo",
            ),
            ("leaves", "\"leaves\": no client is called leaves"),
            (
                "bob sleeps well",
                "\"bob sleeps well\": no client sleeps well",
            ),
            ("bob sends", "\"bob sends\": sends what?"),
            (
                r"bob sends \xg1",
                r#""bob sends \xg1": after \x come two hexadecimal digits"#,
            ),
            (
                r"bob says \q",
                r#""bob says \q": a backslash is \\, \n, \r, \t or \xNN"#,
            ),
        ] {
            assert_eq!(parse(text), Err(why.to_string()));
        }
    }
}
