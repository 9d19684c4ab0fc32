//! Commands: a line in, what to do out. Nothing here knows of sockets, or of other clients.
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
    /// Say goodbye, and end the connection.
    Exit,
}

const HELP: &str = "\
/help       shows this help
/time       shows the time, in UTC
/up TEXT    gives the text back in upper case
/down TEXT  gives the text back in lower case
/exit       leaves the chat";

/// What the client that sent this line asks for.
pub fn parse(line: String) -> Command {
    if !line.starts_with('/') {
        return Command::Say(line);
    }
    let words = line.split_once(char::is_whitespace);
    let (command, text) = words.unwrap_or((&line, ""));
    match (command, text.trim()) {
        ("/exit", _) => Command::Exit,
        (command, text) => Command::Answer(answer(command, text)),
    }
}

/// The answer to a command that needs nobody else.
fn answer(command: &str, text: &str) -> String {
    match (command, text) {
        ("/help", _) => HELP.to_string(),
        ("/time", _) => clock::time(),
        ("/up" | "/down", "") => format!("Type the text after the command: {command} TEXT"),
        ("/up", text) => text.to_uppercase(),
        ("/down", text) => text.to_lowercase(),
        _ => format!("Unknown command: {command}. Try /help."),
    }
}
