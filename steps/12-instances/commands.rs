//! Commands: a line in, what to do out.
//!
//! A line that starts with `/` is a command, any other line is for everybody. The whole first word is the command's name:
//! `/quitter` does not quit. The rest is its text, without the white space around it; a command that takes no text
//! ignores it. Nothing here knows of sockets, or of other clients: a question that only the room can answer is passed on.

use super::clock;

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Tell everybody this.
    Say(String),
    /// Tell me this, and nobody else.
    Answer(String),
    /// Call me this, if the name is free.
    Rename(String),
    /// Tell me who is here.
    Who,
    /// Let me leave.
    Exit,
}

pub const BYE: &str = "Bye.";

pub const HELP: &str = "\
/help       shows this help
/time       tells the time, in UTC
/up TEXT    gives the text back in upper case
/down TEXT  gives the text back in lower case
/nick NAME  changes your name: 3 to 15 ASCII letters, digits, - or ., the first a letter
/who        lists who is here
/exit       leaves the chat";

/// The answer to a client that asks for a name that is not well formed.
pub const NOT_A_NAME: &str =
    "Name refused: it takes 3 to 15 ASCII letters, digits, - or ., the first a letter.";

/// What the sender of this line asks for.
pub fn parse(line: String) -> Command {
    if !line.starts_with('/') {
        return Command::Say(line);
    }
    let split = line.split_once(char::is_whitespace);
    let (command, text) = split.unwrap_or((&line, ""));
    match (command, text.trim()) {
        ("/who", _) => Command::Who,
        ("/exit", _) => Command::Exit,
        ("/nick", name) => rename(name),
        (command, text) => Command::Answer(answer(command, text)),
    }
}

/// The answer to a command that is about nobody else.
fn answer(command: &str, text: &str) -> String {
    match (command, text) {
        ("/help", _) => HELP.to_string(),
        ("/time", _) => clock::time(),
        ("/up", "") => "Type the text after the command: /up TEXT".to_string(),
        ("/up", text) => text.to_uppercase(),
        ("/down", "") => "Type the text after the command: /down TEXT".to_string(),
        ("/down", text) => text.to_lowercase(),
        _ => format!("Unknown command: {command}. Try /help."),
    }
}

/// Asks for a name, if it is well formed, or says why it is not.
fn rename(name: &str) -> Command {
    let refusal = if name.is_empty() {
        "Type the name after the command: /nick NAME"
    } else if !is_well_formed(name) {
        NOT_A_NAME
    } else {
        return Command::Rename(name.to_string());
    };
    Command::Answer(refusal.to_string())
}

/// The answer to a client that asks for somebody else's name.
pub fn taken(name: &str) -> String {
    format!("Name refused: {name} is taken.")
}

/// The answer to a client that asks for the name it has.
pub fn yours(name: &str) -> String {
    format!("Your name is {name} already.")
}

/// The answer to `/who`: all names in one line, sorted, letter case aside.
pub fn list(mut names: Vec<&str>) -> String {
    names.sort_by_cached_key(|name| name.to_ascii_lowercase());
    names.join(", ")
}

/// A client without a name goes by its address. No name passes for one: an address starts with a digit or a bracket.
pub fn is_well_formed(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (3..=15).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(is_allowed)
}
