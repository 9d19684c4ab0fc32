//! Commands: a line in, what to do out. Nothing here knows of sockets, or of other clients: what only the room can answer
//! is passed on.
//!
//! A line that starts with `/` is a command, any other line is for everybody. The whole first word is the command's name:
//! `/exiting` does not exit. The rest is its text, without the white space around it; a command that takes no text
//! ignores it.

use super::clock;

/// What a client asks for.
pub enum Command {
    /// Send this to everybody.
    Say(String),
    /// Send this back to the client alone.
    Answer(String),
    /// Call the client this, if the name is free.
    Rename(String),
    /// Send the client all names.
    Who,
    /// Say goodbye, and end the connection.
    Exit,
}

const HELP: &str = "\
/help       shows this help
/time       shows the time, in UTC
/up TEXT    gives the text back in upper case
/down TEXT  gives the text back in lower case
/nick NAME  changes your name: 3 to 15 ASCII letters, digits, - or ., the first a letter
/who        lists who is here
/exit       leaves the chat";

const NOT_A_NAME: &str =
    "Name refused: it takes 3 to 15 ASCII letters, digits, - or ., the first a letter.";

/// What the client that sent this line asks for.
pub fn parse(line: String) -> Command {
    if !line.starts_with('/') {
        return Command::Say(line);
    }
    let words = line.split_once(char::is_whitespace);
    let (command, text) = words.unwrap_or((&line, ""));
    match (command, text.trim()) {
        ("/nick", name) if is_well_formed(name) => Command::Rename(name.to_string()),
        ("/who", _) => Command::Who,
        ("/exit", _) => Command::Exit,
        (command, text) => Command::Answer(answer(command, text)),
    }
}

/// The answer to a command that needs nobody else.
fn answer(command: &str, text: &str) -> String {
    match (command, text) {
        ("/help", _) => HELP.to_string(),
        ("/time", _) => clock::time(),
        ("/nick", "") => format!("Type the name after the command: {command} NAME"),
        ("/nick", _) => NOT_A_NAME.to_string(),
        ("/up" | "/down", "") => format!("Type the text after the command: {command} TEXT"),
        ("/up", text) => text.to_uppercase(),
        ("/down", text) => text.to_lowercase(),
        _ => format!("Unknown command: {command}. Try /help."),
    }
}

/// A client without a name goes by its address. No name passes for one: an address starts with a digit or a bracket.
pub fn is_well_formed(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (3..=15).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(is_allowed)
}
