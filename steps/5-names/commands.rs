//! Commands: a line in, what to do out.
//!
//! A line that starts with `/` is a command, any other line is for everybody. The first word says which command, and the
//! whole word: `/quitter` does not quit. What follows it, without the white space around it, is its text; a command that
//! takes no text ignores it. Nothing here knows of sockets, or of who else is in the room: what only the room can
//! answer comes out as a question to it.

use std::time::SystemTime;

/// What somebody wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// To tell everybody this.
    Say(String),
    /// To hear this answer, alone.
    Answer(String),
    /// To be called this, if nobody else is.
    Rename(String),
    /// To hear who is here.
    Who,
    /// To leave.
    Exit,
}

pub const BYE: &str = "Bye.";

const HELP: &str = "\
/help       shows this help
/time       tells the time, in UTC
/up TEXT    gives the text back in upper case
/down TEXT  gives the text back in lower case
/nick NAME  changes your name: 3 to 15 ASCII letters, digits, - or ., the first a letter
/who        lists who is here
/exit       leaves the chat";

/// What the sender of this line wants.
pub fn parse(line: String) -> Command {
    if !line.starts_with('/') {
        return Command::Say(line);
    }
    let (command, text) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
    match (command, text.trim()) {
        ("/who", _) => Command::Who,
        ("/exit", _) => Command::Exit,
        ("/nick", name) => rename(name),
        (command, text) => Command::Answer(answer(command, text)),
    }
}

/// The answer to a command that needs nobody else.
fn answer(command: &str, text: &str) -> String {
    match (command, text) {
        ("/help", _) => HELP.to_string(),
        ("/time", _) => utc(now()),
        ("/up", "") => "Type the text after the command: /up TEXT".to_string(),
        ("/up", text) => text.to_uppercase(),
        ("/down", "") => "Type the text after the command: /down TEXT".to_string(),
        ("/down", text) => text.to_lowercase(),
        _ => format!("Unknown command: {command}. Try /help."),
    }
}

/// A name that may be had, if it is free, or why not.
fn rename(name: &str) -> Command {
    let refusal = if name.is_empty() {
        "Type the name after the command: /nick NAME"
    } else if !is_well_formed(name) {
        "Name refused: it takes 3 to 15 ASCII letters, digits, - or ., the first a letter."
    } else {
        return Command::Rename(name.to_string());
    };
    Command::Answer(refusal.to_string())
}

/// The room's answer to somebody who asks for a name that another has.
pub fn taken(name: &str) -> String {
    format!("Name refused: {name} is taken.")
}

/// The room's answer to somebody who asks for the name it has.
pub fn yours(name: &str) -> String {
    format!("Your name is {name} already.")
}

/// The room's answer to `/who`: all names in one line, sorted as in a dictionary, letter case aside.
pub fn list(mut names: Vec<&str>) -> String {
    names.sort_by_cached_key(|name| name.to_ascii_lowercase());
    names.join(", ")
}

/// A client without a name goes by its address. No name passes for one: an address starts with a digit or a bracket.
fn is_well_formed(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (3..=15).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(is_allowed)
}

/// Seconds since 1970 began, without leap seconds; 0 on a machine whose clock is set to before that.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Such seconds as a date and a time of day.
fn utc(seconds: u64) -> String {
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// The year, month and day that comes so many days after 1970-01-01.
///
/// This is `civil_from_days` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>. Its trick: years that begin in March have
/// the leap day at their end, where it shifts no other day. Every 400 years, an era, the calendar repeats.
fn date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + 719_468; // Since 0000-03-01, the start of an era of 146,097 days.
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153; // Five months have 153 days, as from March to July.
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Command {
        super::parse(line.to_string())
    }

    fn say(text: &str) -> Command {
        Command::Say(text.to_string())
    }

    fn answer(text: &str) -> Command {
        Command::Answer(text.to_string())
    }

    fn rename(name: &str) -> Command {
        Command::Rename(name.to_string())
    }

    #[test]
    fn what_starts_with_no_slash_is_for_everybody() {
        for text in ["hello", " /help", "a/b", "  two  spaces  "] {
            assert_eq!(parse(text), say(text));
        }
    }

    #[test]
    fn a_command_is_a_whole_word() {
        assert_eq!(parse("/exit"), Command::Exit);
        assert_eq!(parse("/exit now"), Command::Exit);
        assert_eq!(parse("/who\t"), Command::Who);
        assert_eq!(parse("/help me"), answer(HELP));
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
            "z--",
        ] {
            assert_eq!(parse(&format!("/nick  {name} ")), rename(name));
        }
        let form =
            "Name refused: it takes 3 to 15 ASCII letters, digits, - or ., the first a letter.";
        for name in [
            "al",
            "a23456789-bcdefg",
            "two words",
            "b\u{f6}b",
            "a_b",
            "bob:",
            "007",
            "-bob",
            ".bob",
        ] {
            assert_eq!(parse(&format!("/nick {name}")), answer(form));
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
            "0x7f.0.0.1",
            "10.0.0.1.",
            "1..2.3",
            "::1",
        ] {
            assert!(
                matches!(parse(&format!("/nick {name}")), Command::Answer(_)),
                "{name}"
            );
        }
    }

    #[test]
    fn the_list_is_sorted_letter_case_aside() {
        let names = vec!["carol", "Bob", "127.0.0.1:5000", "alice", "Zoe"];
        assert_eq!(list(names), "127.0.0.1:5000, alice, Bob, carol, Zoe");
    }

    #[test]
    fn known_moments() {
        for (seconds, words) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_234_567_890, "2009-02-13 23:31:30 UTC"),
            (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (1_795_356_309, "2026-11-22 14:05:09 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(utc(seconds), words);
        }
        assert!(matches!(parse("/time"), Command::Answer(time) if time.ends_with(" UTC")));
    }

    /// Counts the days of 1,000 years one by one, by the rule that everybody knows.
    #[test]
    fn every_day_until_2970() {
        let mut days = 0;
        for year in 1970..2970 {
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let february = if is_leap { 29 } else { 28 };
            let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(lengths) {
                for day in 1..=length {
                    assert_eq!(date(days), (year, month, day));
                    days += 1;
                }
            }
        }
    }
}
