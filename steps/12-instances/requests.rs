//! The commands that are about accounts, beside those of step 6.

use super::commands::{self, Command};

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Make this name mine.
    Register { name: String },
    /// I am this one.
    Login { name: String, key: String },
    /// What only the room need know of.
    Room(Command),
}

const HELP: &str = "
/register NAME   makes a name yours, and tells you its key
/login NAME KEY  gives you your own name back";

/// What the sender of this line asks for.
pub fn parse(line: String) -> Request {
    // A blank before it must not make a key something that everybody hears.
    let is_ours = |command| line.trim_start().starts_with(command);
    if !line.starts_with('/') && !is_ours("/login") {
        return Request::Room(commands::parse(line));
    }
    let mut words = line.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("/register"), Some(name), None) if commands::is_well_formed(name) => {
            Request::Register {
                name: name.to_string(),
            }
        }
        (Some("/register"), Some(_), _) => answer(commands::NOT_A_NAME),
        (Some("/register"), ..) => answer("Type the name after the command: /register NAME"),
        (Some("/login"), Some(name), Some(key)) if words.next().is_none() => Request::Login {
            name: name.to_string(),
            key: key.to_string(),
        },
        (Some("/login"), ..) => answer("Type name and key after the command: /login NAME KEY"),
        (Some("/help"), ..) => answer(&format!("{}{HELP}", commands::HELP)),
        _ => Request::Room(commands::parse(line)),
    }
}

/// What is for the client that asks, and for nobody else.
pub fn answer(text: &str) -> Request {
    Request::Room(Command::Answer(text.to_string()))
}
