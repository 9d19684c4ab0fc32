//! Plays the sessions shown in the chapters, line by line.

use std::collections::HashMap;

use crate::client::Client;
use crate::server::Server;
use crate::step::Step;

/// What one person types or receives.
struct Line<'a> {
    person: usize,
    text: &'a str,
}

/// The sessions in a chapter.
fn all_sessions(text: &str) -> Vec<&str> {
    let blocks = text.split("```text\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    blocks.filter(|block| block.starts_with("alice")).collect()
}

/// The lines of a session in their order: down, and from left to right.
fn lines(session: &str) -> Vec<Line<'_>> {
    let (names, lines) = session.split_once('\n').unwrap();
    let starts = columns(names);
    let mut found = Vec::new();
    for line in lines.lines() {
        for (person, start) in starts.iter().enumerate() {
            let end = starts.get(person + 1).copied().unwrap_or(line.len());
            let text = line
                .get(*start..end.min(line.len()))
                .unwrap_or("")
                .trim_end();
            if !text.is_empty() {
                found.push(Line { person, text });
            }
        }
    }
    found
}

/// Where each name starts.
fn columns(names: &str) -> Vec<usize> {
    let is_start = |at: &usize| {
        let before = names[..*at].chars().last().unwrap_or(' ');
        before == ' ' && names[*at..].starts_with(char::is_alphabetic)
    };
    (0..names.len()).filter(is_start).collect()
}

/// Plays a session: each client sends what is typed, and must receive the lines in its column.
fn play(step: Step, session: &str) {
    let server = Server::start(step);
    let mut people: HashMap<usize, Client> = HashMap::new();
    let mut line_ends: HashMap<usize, &str> = HashMap::new();
    let mut addresses: HashMap<String, String> = HashMap::new();
    for Line { person, text } in lines(session) {
        let (mark, rest) = text.split_once(' ').unwrap_or((text, ""));
        match mark {
            "$" => {
                let client = server.connect("a client in a session");
                // The nth client to connect has the nth address in the text.
                addresses.insert(
                    format!("127.0.0.1:4000{}", people.len() + 1),
                    client.to_string(),
                );
                if let Some((_, piped)) = rest.split_once("printf '") {
                    let (text, _) = piped.split_once('\'').unwrap();
                    client.send_bytes(text.replace("\\n", "\n").as_bytes());
                }
                line_ends.insert(
                    person,
                    if rest.starts_with("telnet") {
                        "\r\n"
                    } else {
                        "\n"
                    },
                );
                people.insert(person, client);
            }
            ">" => people[&person].send_bytes(format!("{rest}{}", line_ends[&person]).as_bytes()),
            "<" => {
                let mut line = rest.to_string();
                for (written, real) in &addresses {
                    line = line.replace(written, real);
                }
                people.get_mut(&person).unwrap().expect_line(&line);
            }
            "^C" => drop(people.remove(&person)),
            _ => panic!("what is {text:?}?"),
        }
    }
}

#[test]
fn those_of_the_chapters_are_true() {
    for (folder, step, sessions) in [
        ("1-blocking", crate::step::blocking(), 1),
        ("2-threads", crate::step::threads(), 1),
        ("3-broadcast", crate::step::broadcast(), 2),
        ("4-lines", crate::step::lines(), 1),
        ("6-names", crate::step::names(), 1),
    ] {
        let path = format!("{}/steps/{folder}/README.md", env!("CARGO_MANIFEST_DIR"));
        let chapter = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        let found = all_sessions(&chapter);
        assert_eq!(found.len(), sessions, "sessions of {folder}");
        for session in found {
            play(step, session);
        }
    }
}
