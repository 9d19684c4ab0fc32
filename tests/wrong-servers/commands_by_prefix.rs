//! A command is whatever begins like one.
//!
//! check 5
//!     It means   your server runs a command for any word that starts with its
//!                name.
//!     Look at    how a command is found: compare the whole first word, not a
//!                prefix.

use super::right::{Chat, words};

const COMMANDS: [&str; 7] = ["/help", "/time", "/up", "/down", "/nick", "/who", "/exit"];

#[derive(Clone, Copy)]
struct Mistaken;

impl Chat for Mistaken {
    const STEP: u32 = 5;

    fn words(self, line: &str) -> (&str, &str) {
        let command = COMMANDS.into_iter().find(|command| line.starts_with(command));
        command.map_or_else(|| words(line), |command| (command, line[command.len()..].trim()))
    }
}

pub fn main() {
    Mistaken.serve();
}
