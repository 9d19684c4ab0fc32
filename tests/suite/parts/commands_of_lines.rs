//! Commands: a line in, what to do out.

use super::commands::{self, Command};

/// What a line asks for, in words.
fn parse(line: &str) -> String {
    match commands::parse(line.to_string()) {
        Command::Say(text) => say(&text),
        Command::Answer(text) => answer(&text),
        Command::Rename(name) => rename(&name),
        Command::Who => "who".to_string(),
        Command::Exit => "exit".to_string(),
    }
}

fn say(text: &str) -> String {
    format!("say {text}")
}

fn answer(text: &str) -> String {
    format!("answer {text}")
}

fn rename(name: &str) -> String {
    format!("rename {name}")
}

#[test]
fn what_starts_with_no_slash_is_for_everybody() {
    for text in ["hello", " /help", "a/b", "  two  spaces  "] {
        assert_eq!(parse(text), say(text));
    }
}

#[test]
fn a_command_is_a_whole_word() {
    assert_eq!(parse("/exit"), "exit");
    assert_eq!(parse("/exit now"), "exit");
    assert_eq!(parse("/who\t"), "who");
    assert_eq!(parse("/help me"), parse("/help"));
    for unknown in [
        "/exits",
        "/e",
        "/",
        "//",
        "/EXIT",
        "/nick\u{fffd}alice",
        "/\u{e9}",
    ] {
        let words = answer(&format!("Unknown command: {unknown}. Try /help."));
        assert_eq!(parse(unknown), words);
        assert_eq!(parse(&format!("{unknown} it")), words);
    }
}

#[test]
fn upper_and_lower_case() {
    assert_eq!(parse("/up Stra\u{df}e  7 "), answer("STRASSE  7"));
    assert_eq!(parse("/down  \u{c4}RGER"), answer("\u{e4}rger"));
    assert_eq!(
        parse("/up"),
        answer("Type the text after the command: /up TEXT")
    );
    assert_eq!(
        parse("/down "),
        answer("Type the text after the command: /down TEXT")
    );
}

#[test]
fn names() {
    for name in [
        "bob",
        "Ann-Marie",
        "j.r.r.tolkien",
        "a23456789-bcdef",
        "R2.D2",
        "z--",
    ] {
        assert_eq!(parse(&format!("/nick  {name} ")), rename(name));
    }
    let form =
        answer("Name refused: it takes 3 to 15 ASCII letters, digits, - or ., the first a letter.");
    for name in [
        "al",
        "a23456789-bcdefg",
        "two words",
        "b\u{f6}b",
        "\u{f6}bb",
        "a_b",
        "bob:",
        "007",
        "-bob",
        ".bob",
    ] {
        assert_eq!(parse(&format!("/nick {name}")), form, "{name}");
    }
    assert_eq!(
        parse("/nick"),
        answer("Type the name after the command: /nick NAME")
    );
}

#[test]
fn no_name_passes_for_an_address() {
    for name in [
        "127.0.0.1",
        "127.0.0.1.4000",
        "127.000.000.001",
        "0x7f.0.0.1",
        "10.0.0.1.",
        "1..2.3",
        "::1",
        "[::1]",
    ] {
        let refusal = parse(&format!("/nick {name}"));
        assert!(refusal.starts_with("answer "), "{name}");
    }
}
