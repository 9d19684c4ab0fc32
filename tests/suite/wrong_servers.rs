//! Servers with one classic mistake each: `check` must see it, and say so in the words that stand
//! at the beginning of the server's own file.

use std::env::consts::EXE_SUFFIX;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::crowd_command::CROWDED_OUT;
use crate::like::are_alike;
use crate::workshop::workshop;

/// Most of the time a check of a wrong server waits for what does not come.
const AT_ONCE: usize = 4;

macro_rules! wrong_servers {
    ($($name:ident $check:literal)*) => {
        $(
            #[test]
            fn $name() {
                are_seen_through($check);
            }
        )*
    };
}

wrong_servers! {
    those_of_check_1 1
    those_of_check_2 2
    those_of_check_3 3
    those_of_check_4 4
    those_of_check_5 5
    those_of_check_6 6
}

fn are_seen_through(check: usize) {
    let beginning = format!("check {check}: ");
    let servers = servers();
    let those = servers
        .iter()
        .filter(|(name, expected)| expected.starts_with(&beginning) && is_seen_here(name));
    assert!(those.clone().count() > 4, "there are some for each check");
    let (those, misses) = (Mutex::new(those), Mutex::new(String::new()));
    let next = || those.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((name, expected)) = next() {
                    let said = said_by_check(check, name);
                    if !are_alike(said.trim_end(), expected.trim_end()) {
                        *misses.lock().unwrap() += &format!("\n{name}:\n{said}");
                    }
                }
            });
        }
    });
    let misses = misses.into_inner().unwrap();
    assert!(misses.is_empty(), "check {check} says of {misses}");
}

/// Every server that a few clients see through, and the words of `check` on top of its file.
fn servers() -> Vec<(&'static str, String)> {
    let main = include_str!("../wrong-servers/main.rs");
    let (_, list) = main.split_once("servers! {\n").unwrap();
    let (list, _) = list.split_once('}').unwrap();
    let names = list
        .split_whitespace()
        .filter(|name| !CROWDED_OUT.contains(name));
    names.map(|name| (name, expected(name))).collect()
}

fn expected(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong-servers");
    let source = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
    let comment: Vec<&str> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .collect();
    let comment = comment.join("\n").replace("\n ", "\n");
    let (_, expected) = comment
        .split_once("\n\n")
        .filter(|(_, words)| words.starts_with("check "))
        .expect("the words of check, after a blank line");
    expected.to_string()
}

/// The program that holds them all: it is built beside the workshop command, as an example.
pub fn wrong_server() -> String {
    let beside = Path::new(env!("CARGO_BIN_EXE_workshop")).with_file_name("examples");
    let path = beside.join(format!("wrong-servers{EXE_SUFFIX}"));
    path.to_str().unwrap().to_string()
}

fn said_by_check(check: usize, name: &str) -> String {
    let words = [
        "check",
        &check.to_string(),
        "--patience",
        "1",
        "--",
        &wrong_server(),
        name,
        "{address}",
    ];
    let check = workshop(&words).assert().code(1);
    settled(&String::from_utf8_lossy(&check.get_output().stdout))
}

/// Only Linux tells how much memory a program has. On macOS, closing a connection with unread input may end it in
/// order, where others make it a reset.
fn is_seen_here(name: &str) -> bool {
    match name {
        "keeps_queues" => cfg!(target_os = "linux"),
        "dies_on_reset" | "no_left_after_reset" => !cfg!(target_os = "macos"),
        _ => true,
    }
}

/// What `check` says of the scene that fails, without times, addresses, and what the server itself
/// says: all that differs from run to run, or from system to system.
fn settled(said: &str) -> String {
    let begin = said.rfind("check ").unwrap_or(0);
    let mut settled = String::new();
    for line in said[begin..].lines() {
        let own_words = line.starts_with("      │") || line.contains("on its standard ");
        let address = line.starts_with("      {") && line.contains("} is ");
        if !own_words && !address {
            let line = line.replace("exit code: ", "exit status: ");
            let _ = writeln!(settled, "{}", without_time(&line));
        }
    }
    settled
}

/// A line without the time at its end.
fn without_time(line: &str) -> &str {
    let time = line
        .strip_suffix(" ms")
        .map(|line| line.trim_end_matches(|c: char| c.is_ascii_digit()));
    time.unwrap_or(line).trim_end()
}
