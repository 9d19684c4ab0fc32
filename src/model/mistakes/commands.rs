//! Commands, and their answers.

use crate::model::contract::Action::Send;
use crate::model::contract::Kind::{Answer, Bye, End, NameRefused};
use crate::model::contract::Quirk::ReadAfterExit;
use crate::model::contract::{COMMANDS, Command, Delivery, Expected};
use crate::model::features::Feature::Commands;
use crate::model::mistakes::hearing::{never, to_all};
use crate::model::mistakes::mistake::{Mistake, mistake};
use crate::model::mistakes::vocabulary::first_word;

pub const MISTAKES: &[Mistake] = &[
    mistake("unknown-command", Commands)
        .run(|c| c.is(COMMANDS[c.size]) && c.refuse(c.word()))
        .sizes(&[0, 1, 2, 3, 4, 5, 6, 7, 8])
        .means("your server does not know this command.")
        .look_at(
            "which commands there are: /help, /time, /up, /down and /exit; from step 6 on, /nick \
             and /who; from step 10 on, /register and /login.",
        ),
    mistake("says-commands", Commands)
        .run(|c| is_concerned(c) && c.say())
        .sizes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        .means("your server does not know this command: it tells everybody what should be one.")
        .look_at("where a line is dealt with: one that starts with / is not for the others."),
    mistake("stays-after-exit", Commands)
        .run(|c| c.is("/exit") && c.say_goodbye())
        .means("your server answers /exit, and goes on serving that client.")
        .look_at("what follows Bye.: the client's loop ends, as after the read that returns 0."),
    mistake("answers-in-public", Commands)
        .deliver(|d| d.to_all_if(is_answer(d)))
        .sizes(&[0, 1, 2, 3, 4, 5, 6, 7, 8])
        .means("your server tells everybody the answer to a command; it concerns its sender alone.")
        .look_at("who is written to: an answer, or a refusal, goes to its sender alone."),
    mistake("ignores-unknown-commands", Commands)
        .run(|c| !c.is_known())
        .means("your server does not answer a command that it does not know.")
        .look_at("what becomes of a word that is no command: Unknown command: {name}. Try /help."),
    mistake("beginning-of-a-command", Commands)
        .run(run_beginning)
        .sizes(&[0, 1])
        .means("your server takes any word that begins like a command for that command.")
        .look_at("how a command is found: compare the whole first word, not its beginning."),
    mistake("any-case-commands", Commands)
        .run(run_in_any_case)
        .sizes(&[0, 1])
        .means("your server takes /HELP for /help; the letter case of a command counts.")
        .look_at("how a command is found: compare the whole first word, as it is."),
    mistake("unknown-without-slash", Commands)
        .run(|c| !c.is_known() && c.refuse(c.word().trim_start_matches('/')))
        .means("your server leaves out the / of a command that it does not know.")
        .look_at(
            "the answer to what is no command: Unknown command: {name}, where the name is the \
             whole first word.",
        ),
    mistake("unknown-line", Commands)
        .run(|c| !c.is_known() && c.refuse(c.line))
        .means("your server names the whole line as a command that it does not know.")
        .look_at(
            "the answer to what is no command: Unknown command: {name}, where the name is the \
             whole first word.",
        ),
    mistake("ascii-case", Commands)
        .run(|c| change_case(c, str::to_ascii_uppercase, str::to_ascii_lowercase))
        .means("your server changes only ASCII letters to upper and lower case.")
        .look_at("which function makes upper case: é has one, too."),
    mistake("first-word-of-text", Commands)
        .run(|c| change_case(c, first_upper, first_lower))
        .means("your server answers /up and /down with the first word alone.")
        .look_at("where the text of a command ends: at the end of the line."),
    mistake("empty-answer", Commands)
        .run(|c| matches!(c.line.trim(), "/up" | "/down") && c.answer(""))
        .means("your server answers /up without a text with an empty line.")
        .look_at("a command without its text: say what is missing."),
    mistake("reads-after-exit", Commands)
        .have(ReadAfterExit)
        .means("your server still listens to a client that has said /exit.")
        .look_at("what follows /exit: nothing that was sent after it may be read as a line."),
    never("no-goodbye", Commands, &[Bye])
        .means("your server ends the connection without a goodbye.")
        .look_at("what follows /exit: first Bye., then the end."),
    mistake("resets-after-exit", Commands)
        .write(reset)
        .sizes(&[0, 1])
        .means(
            "your server closes a connection from which it has not read all: that resets it, and \
             what is on its way may be lost.",
        )
        .look_at("how the connection ends: shutdown(Write), read what still comes, then close."),
    to_all("answers-all-in-public", Commands, &[Answer, NameRefused])
        .means("your server tells everybody what it should answer to one.")
        .look_at("who is written to: an answer, or a refusal, goes to its sender alone."),
];

/// 0 to 8: this command; 9: what is no command; 10: all of it.
fn is_concerned(command: &Command) -> bool {
    match COMMANDS.get(command.size) {
        Some(word) => command.is(word),
        None => command.size == 10 || !command.is_known(),
    }
}

/// Whether it is the answer to the command of this number.
fn is_answer(delivery: &Delivery) -> bool {
    let command = COMMANDS[delivery.size];
    let mut lines = delivery.sent().split(|byte| *byte == b'\n');
    let kinds: &[_] = match command {
        "/exit" => &[Bye],
        _ => &[Answer, NameRefused],
    };
    delivery.is_of(kinds) && lines.any(|line| line.starts_with(command.as_bytes()))
}

/// What follows the command in its word is 0: dropped; 1: taken for its text.
fn run_beginning(command: &mut Command) -> bool {
    let word = command.word();
    let is_it = |known: &&&str| word.starts_with(**known) && word != **known;
    let Some(known) = COMMANDS.iter().find(is_it) else {
        return false;
    };
    let rest = [word, *known][command.size].len();
    command.run(&format!("{known} {}", &command.line[rest..]))
}

/// 1: the answer to what is no command has it in small letters, too.
fn run_in_any_case(command: &mut Command) -> bool {
    let word = command.word();
    let lower = word.to_ascii_lowercase();
    let is_concerned = command.size == 1 || COMMANDS.contains(&lower.as_str());
    let line = format!("{lower}{}", &command.line[word.len()..]);
    lower != word && is_concerned && command.run(&line)
}

fn change_case(command: &mut Command, up: fn(&str) -> String, down: fn(&str) -> String) -> bool {
    let text = command.text();
    match command.word() {
        "/up" if !text.is_empty() => command.answer(&up(text)),
        "/down" if !text.is_empty() => command.answer(&down(text)),
        _ => false,
    }
}

fn first_upper(text: &str) -> String {
    first_word(text).to_uppercase()
}

fn first_lower(text: &str) -> String {
    first_word(text).to_lowercase()
}

/// 0: only if something is left to be read.
fn reset(delivery: &Delivery) -> Option<Expected> {
    let Send(bytes) = &delivery.contract.doing else {
        return None;
    };
    let is_reset = delivery.size == 1 || !after_exit(bytes).is_empty();
    (delivery.is(End) && is_reset).then_some(Expected::End { in_order: false })
}

/// What came in the same packet after `/exit`.
fn after_exit(bytes: &[u8]) -> &[u8] {
    let line = b"/exit\n";
    let at = bytes.windows(line.len()).position(|window| window == line);
    at.map_or(&[], |at| &bytes[at + line.len()..])
}
