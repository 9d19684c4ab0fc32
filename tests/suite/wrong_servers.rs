//! Servers with one classic mistake each: `check` must see it, and say so in the words that stand
//! at the beginning of the server's own file.

use std::env::consts::EXE_SUFFIX;
use std::fmt::Write;
use std::path::Path;

use crate::crowd_command::CROWDED_OUT;
use crate::like::are_alike;
use crate::workshop::workshop;

macro_rules! wrong_servers {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wrong-servers/", stringify!($name), ".rs");
                says_what_its_file_says(stringify!($name), Path::new(source));
            }
        )*

        #[test]
        fn all_are_tried() {
            let main = include_str!("../wrong-servers/main.rs");
            let (_, list) = main.split_once("servers! {\n").unwrap();
            let (list, _) = list.split_once('}').unwrap();
            let tried = [$(stringify!($name)),*];
            // A crowd sees what a few cannot.
            let list = list.split_whitespace().filter(|name| !CROWDED_OUT.contains(name));
            assert!(list.clone().eq(tried), "{:?} {tried:?}", list.collect::<Vec<_>>());
        }
    };
}

wrong_servers! {
    address_in_left
    answers_everybody
    answers_overtake
    answers_the_first
    any_name
    asks_under_lock
    capitals
    commands_by_prefix
    cuts_characters
    cuts_lines
    dies_on_reset
    disconnects_the_slow
    drops_for_the_slow
    end_as_message
    exits_after_first_client
    floods
    four_threads
    handles_before_accepting
    hears_after_exit
    ignores_the_end
    joins_at_first_word
    joins_each_thread
    keeps_carriage_return
    keeps_half_closed
    keeps_names
    keeps_queues
    leaves_out_sender
    listens_elsewhere
    lists_unsorted
    locks_across_read
    locks_for_each_write
    locks_others_out
    locks_twice
    main_returns
    never_flushes
    never_listens
    never_removes
    newline_twice
    no_bye
    no_join
    no_left
    no_left_after_reset
    no_limit
    no_newline
    own_address
    own_join
    own_left
    panics_on_bytes
    passes_controls
    queues_without_end
    reader_in_loop
    reads_before_spawning
    refuses_in_public
    removes_controls
    renames_in_private
    replaces_bytes
    rest_of_long_line
    same_name_twice
    spells_newline
    waits_for_a_queue
    whole_buffer
    writes_twice
}

/// The program that holds them all: it is built beside the workshop command, as an example.
pub fn wrong_server() -> String {
    let beside = Path::new(env!("CARGO_BIN_EXE_workshop")).with_file_name("examples");
    let path = beside.join(format!("wrong-servers{EXE_SUFFIX}"));
    path.to_str().unwrap().to_string()
}

fn says_what_its_file_says(name: &str, source: &Path) {
    let source = std::fs::read_to_string(source).unwrap();
    let comment: Vec<&str> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .collect();
    let comment = comment.join("\n").replace("\n ", "\n");
    let (_, expected) = comment
        .split_once("\n\n")
        .expect("the words of check, after a blank line");
    let number = &expected["check ".len()..][..1];

    let words = [
        "check",
        number,
        "--patience",
        "1",
        "--",
        &wrong_server(),
        name,
        "{address}",
    ];
    if !is_seen_here(name) {
        return println!("Not tried: this system does not let us see it.");
    }
    let check = workshop(&words).assert().code(1);
    let said = String::from_utf8(check.get_output().stdout.clone()).unwrap();
    let said = settled(&said);
    assert!(
        are_alike(said.trim_end(), expected.trim_end()),
        "check {number} of {name} says:\n{said}"
    );
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
