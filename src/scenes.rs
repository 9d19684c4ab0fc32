//! The scenes: scripts of clients against a server. `check N` plays those of step N, and where a
//! step fails one of the next step's, `show` draws that.

use std::time::Instant;

use crate::stage::{LONG_LINE, Stage, lines_in_transit};
use crate::terminal::milliseconds;
use crate::verdict::{Cause, Failure, Outcome, Verdict};

/// A script with a title.
pub struct Scene {
    pub title: &'static str,
    /// The clients, in the order of their columns where it is drawn.
    pub cast: &'static [&'static str],
    pub play: fn(&mut Stage) -> Outcome,
}

/// What a server must do to count as step `number`.
pub fn of_step(number: usize) -> &'static [Scene] {
    match number {
        1 => ONE_CLIENT,
        2 => MANY_CLIENTS,
        3 => A_ROOM,
        4 => WHOLE_LINES,
        5 => NAMES,
        6 => NOBODY_WAITS,
        _ => &[],
    }
}

/// The scene that step `number` fails: the first that the step after it must pass.
pub fn after_step(number: usize) -> Option<&'static Scene> {
    of_step(number + 1)
        .first()
        .or((number == 6).then_some(&IMPOSTOR))
}

const ONE_CLIENT: &[Scene] = &[
    Scene {
        title: "an echo for one client",
        cast: &["alice", "bob"],
        play: one_client,
    },
    Scene {
        title: "one client after the other",
        cast: &["alice", "bob", "carol", "dave"],
        play: one_after_the_other,
    },
];

const MANY_CLIENTS: &[Scene] = &[
    Scene {
        title: "two clients at once",
        cast: &["alice", "bob"],
        play: two_clients_at_once,
    },
    Scene {
        title: "twenty clients, and a silent one",
        cast: &CROWD,
        play: twenty_clients,
    },
];

const A_ROOM: &[Scene] = &[
    Scene {
        title: "two people in one room",
        cast: &["alice", "bob"],
        play: two_in_a_room,
    },
    Scene {
        title: "people leave",
        cast: &["alice", "bob", "carol", "dave"],
        play: people_leave,
    },
    Scene {
        title: "somebody sends garbage",
        cast: &["alice", "bob"],
        play: garbage,
    },
    Scene {
        title: "everybody talks at once",
        cast: &["alice", "bob", "carol", "dave"],
        play: all_talk_at_once,
    },
];

const WHOLE_LINES: &[Scene] = &[
    Scene {
        title: "a line in two packets",
        cast: &["alice", "bob"],
        play: line_in_two_packets,
    },
    Scene {
        title: "lines as they come",
        cast: &["alice", "bob"],
        play: lines_as_they_come,
    },
    Scene {
        title: "lines that are refused",
        cast: &["alice", "bob"],
        play: refused_lines,
    },
    Scene {
        title: "the last line",
        cast: &["alice", "bob"],
        play: last_line,
    },
];

const NAMES: &[Scene] = &[
    Scene {
        title: "a name",
        cast: &["alice", "bob"],
        play: a_name,
    },
    Scene {
        title: "a name has one owner",
        cast: &["alice", "bob"],
        play: one_owner,
    },
    Scene {
        title: "commands",
        cast: &["alice", "bob"],
        play: commands,
    },
    Scene {
        title: "goodbye",
        cast: &["alice", "bob"],
        play: goodbye,
    },
];

const NOBODY_WAITS: &[Scene] = &[
    Scene {
        title: "somebody reads nothing for a while",
        cast: &["alice", "bob", "carol"],
        play: reads_later,
    },
    Scene {
        title: "an answer among broadcasts",
        cast: &["alice", "bob"],
        play: answer_in_order,
    },
    Scene {
        title: "somebody never reads",
        cast: &["alice", "bob", "carol"],
        play: never_reads,
    },
    Scene {
        title: "many come, read nothing, and go",
        cast: &["alice", "bob"],
        play: nothing_stays,
    },
];

/// What step 6 does not do yet. No check asks for it: there is no step that does.
const IMPOSTOR: Scene = Scene {
    title: "an impostor",
    cast: &["alice", "bob", "mallory"],
    play: impostor,
};

// Step 1: an echo.

fn one_client(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says_and_gets_back("alice", "hi")
        .map_err(|failure| heard_by_others(s, failure))?;
    s.says_and_gets_back("alice", "how are you?")?;
    s.says_and_gets_back("alice", "so long")
}

/// A chat that tells everybody but the speaker looks like silence to somebody alone.
fn heard_by_others(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !matches!(failure.verdict, Verdict::Silent(_)) || s.connects("bob").is_err() {
        return failure;
    }
    s.says("alice", "hello?");
    match s.comes_to_hear("bob", "{alice} says: hello?") {
        Some(_) => failure.shows(
            "then bob came, and heard what alice said",
            Cause::SenderLeftOut,
        ),
        None => failure,
    }
}

fn one_after_the_other(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says_and_gets_back("alice", "hi")?;
    s.leaves("alice");
    comes_and_talks(s, "bob").map_err(|failure| {
        failure
            .after("alice leaves, bob comes")
            .because(Cause::EndsWithClient)
    })?;
    s.tells("alice leaves, bob comes and gets his answer");

    s.connects_deaf("carol")?;
    s.says("carol", "oops");
    s.resets("carol");
    comes_and_talks(s, "dave").map_err(|failure| {
        failure
            .after("carol resets, dave comes")
            .because(Cause::EndsOnReset)
    })?;
    s.tells("carol resets, dave comes and gets his answer");
    Ok(())
}

fn comes_and_talks(s: &mut Stage, name: &'static str) -> Outcome {
    s.quietly(|s| {
        s.connects(name)?;
        s.says_and_gets_back(name, "hello")?;
        s.leaves(name);
        Ok(())
    })
}

// Step 2: an echo for many.

fn two_clients_at_once(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says_and_gets_back("alice", "hi")?;
    s.connects("bob")?;
    s.tells("bob connects while alice stays");
    s.says_and_gets_back("bob", "yo")
        .map_err(|failure| why_bob_waits(s, failure))?;
    // Had bob's word gone to alice too, it would come before the answer to her next one.
    s.says_and_gets_back("alice", "still here")
        .map_err(|failure| failure.because_if_extra(Cause::AnswersEverybody))
}

/// Bob gets no answer. Does he get it when alice leaves?
fn why_bob_waits(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if s.has_heard("alice", "yo\n") {
        return failure.shows("alice heard it instead", Cause::AnswersSomebodyElse);
    }
    s.leaves("alice");
    match s.comes_to_hear("bob", "yo") {
        Some(later) => failure.shows(
            format!(
                "then alice left, and bob's \"yo\" came {} later",
                milliseconds(later)
            ),
            Cause::OneAtATime,
        ),
        None => failure,
    }
}

const CROWD: [&str; 20] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim",
    "leo", "mia", "nina", "oscar", "peggy", "rupert", "sybil", "trent", "victor",
];

fn twenty_clients(s: &mut Stage) -> Outcome {
    s.connects("mallory")?;
    for name in CROWD {
        s.connects(name)?;
    }
    s.quietly(|s| {
        CROWD
            .iter()
            .try_for_each(|name| s.says_and_gets_back(name, &format!("{name} here")))
    })?;
    s.tells("twenty clients get their answers, while mallory says nothing");
    s.says_and_gets_back("mallory", "sorry, I was away")
}

// Step 3: a chat.

fn two_in_a_room(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says("alice", "hi");
    s.hears("alice", "{alice} says: hi")
        .map_err(|failure| why_no_chat(s, failure))?;
    s.connects("bob")?;
    s.does("bob", "connects");
    s.hears("alice", "{bob} joined the chat.")
        .map_err(|failure| why_no_join(s, failure))?;
    s.says("bob", "yo");
    s.all_hear(&["alice", "bob"], "{bob} says: yo")?;
    s.says("alice", "welcome");
    s.all_hear(&["alice", "bob"], "{alice} says: welcome")
}

/// Alice does not hear what she said as a chat would tell it. Does anybody else hear her?
fn why_no_chat(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !matches!(failure.verdict, Verdict::Silent(_)) && !failure.got("hi\\n") {
        return failure;
    }
    if s.connects("bob").is_err() {
        return failure;
    }
    s.says("bob", "hello?");
    if s.comes_to_hear("alice", "{bob} says: hello?").is_some() {
        return failure.shows(
            "then bob came, and alice heard what he said",
            Cause::SenderLeftOut,
        );
    }
    // Bob's own answer shows that his word has been dealt with: nothing more will come to alice.
    let showed = match s.comes_to_hear("bob", "hello?") {
        Some(_) => "then bob came and said \"hello?\": he heard it himself, alice did not",
        None => "then bob came and said \"hello?\": neither he nor alice heard it",
    };
    failure.shows(showed, Cause::NobodyHears)
}

/// Alice is not told of bob. Is he in? And if not, what keeps him out?
fn why_no_join(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !matches!(failure.verdict, Verdict::Silent(_)) {
        return failure;
    }
    s.says("bob", "hello?");
    if s.comes_to_hear("bob", "{bob} says: hello?").is_some() {
        return failure.because(Cause::NoJoin);
    }
    s.leaves("alice");
    match s.comes_to_hear("bob", "{bob} says: hello?") {
        Some(_) => failure.shows(
            "bob said \"hello?\", and nothing came; then alice left, and it came at once",
            Cause::LockAcrossRead,
        ),
        None => failure,
    }
}

fn people_leave(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.quietly(|s| {
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])?;
        s.joins("carol", &["alice", "bob"])
    })?;
    s.tells("alice, bob and carol are in the room");
    s.leaves("bob");
    s.all_hear(&["alice", "carol"], "{bob} left the chat.")
        .map_err(why_no_left)?;
    talk_goes_on(s, &["alice", "carol"])?;

    s.half_closes("carol");
    s.hears("alice", "{carol} left the chat.")
        .map_err(|failure| match failure.verdict {
            Verdict::Silent(_) => failure.because(Cause::NoLeftAfterHalfClose),
            _ => failure,
        })?;
    s.sees_end("carol")
        .map_err(|failure| match failure.verdict {
            Verdict::StaysOpen(_) => failure.because(Cause::NotEndedByClient),
            _ => failure,
        })?;

    s.connects_deaf("dave")?;
    s.quietly(|s| {
        s.hears("alice", "{dave} joined the chat.")?;
        s.says("dave", "oops");
        s.hears("alice", "{dave} says: oops")
    })?;
    s.resets("dave");
    s.hears("alice", "{dave} left the chat.")
        .map_err(|failure| match failure.verdict {
            Verdict::Silent(_) => failure.because(Cause::NoLeftAfterReset),
            _ => failure.because(Cause::EndsOnReset),
        })?;
    talk_goes_on(s, &["alice"])
}

/// Alice says two words: the first write to a connection that is closed at the other end may still work.
fn talk_goes_on(s: &mut Stage, names: &[&str]) -> Outcome {
    s.quietly(|s| {
        ["one", "two"].iter().try_for_each(|text| {
            s.says("alice", text);
            s.all_hear(names, &format!("{{alice}} says: {text}"))
        })
    })
    .map_err(|failure| {
        failure
            .in_words("alice says two words")
            .because(Cause::DeadClientStays)
    })?;
    s.tells("the talk goes on");
    Ok(())
}

fn why_no_left(failure: Box<Failure>) -> Box<Failure> {
    match failure.verdict {
        Verdict::Silent(_) => failure.because(Cause::NoLeft),
        Verdict::WrongBytes { .. } | Verdict::ExtraBytes(_) => failure,
        _ => failure.because(Cause::DeadClientStays),
    }
}

fn garbage(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.quietly(|s| {
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])
    })?;
    s.sends("bob", b"caf\xe9 \xff\xfe\n");
    // Whether it is passed on, replaced or refused: the chat goes on, for bob too.
    s.gets_an_answer("bob")
        .map_err(|failure| failure.because(Cause::GivesUpOnBytes))?;
    s.says("bob", "sorry");
    s.all_come_to_hear(&["alice", "bob"], "{bob} says: sorry")
        .map_err(|failure| failure.because(Cause::GivesUpOnBytes))
}

fn all_talk_at_once(s: &mut Stage) -> Outcome {
    const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];
    const ROUNDS: usize = 25;
    s.quietly(|s| {
        s.connects("alice")?;
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])?;
        s.joins("carol", &["alice", "bob"])?;
        s.joins("dave", &["alice", "bob", "carol"])
    })?;
    let begun = Instant::now();
    for round in 1..=ROUNDS {
        a_round(s, &NAMES, round)?;
    }
    s.passed_as(
        "four talk at once, all see the same 100 lines",
        begun.elapsed(),
    );
    Ok(())
}

/// Everybody says one line, and sees everybody's, in the same order.
fn a_round(s: &mut Stage, names: &[&str], round: usize) -> Outcome {
    for name in names {
        s.says(name, &format!("{name} {round}"));
    }
    s.sum_up("all four talk at once");
    let mut due: Vec<String> = names
        .iter()
        .map(|name| format!("{{{name}}} says: {name} {round}"))
        .collect();
    due.sort();
    let mut first: Option<Vec<String>> = None;
    for name in names {
        let seen: Vec<String> = names
            .iter()
            .map(|_| s.take_line(name))
            .collect::<Result<_, _>>()?;
        let mut sorted = seen.clone();
        sorted.sort();
        if sorted != due {
            return Err(s
                .fail_at_difference(name, &due, &sorted)
                .because(Cause::MixedLines));
        }
        let first = first.get_or_insert_with(|| seen.clone());
        if *first != seen {
            return Err(s
                .fail_at_difference(name, first, &seen)
                .because(Cause::OrderDiffers));
        }
    }
    s.forget_what_was_done();
    Ok(())
}

// Step 4: whole lines.

/// Alice and bob are in the room, and all that was said until then has been heard.
fn a_room_for_two(s: &mut Stage) -> Outcome {
    s.quietly(|s| {
        s.connects("alice")?;
        s.says_and_gets_back("alice", "hi")?;
        s.joins("bob", &["alice"])
    })
}

fn line_in_two_packets(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("alice", b"hel");
    s.pauses();
    s.sends("alice", b"lo\n");
    s.all_hear(&["alice", "bob"], "{alice} says: hello")
        .map_err(|failure| failure.because_of_bytes(Cause::TornLine))
}

fn lines_as_they_come(s: &mut Stage) -> Outcome {
    const BOTH: &[&str] = &["alice", "bob"];
    a_room_for_two(s)?;
    s.sends("alice", b"one\ntwo\n");
    let two = |failure: Box<Failure>| failure.because_of_bytes(Cause::GluedLines);
    s.all_hear(BOTH, "{alice} says: one").map_err(two)?;
    s.all_hear(BOTH, "{alice} says: two").map_err(two)?;
    s.sends("bob", b"as telnet ends it\r\n");
    s.all_hear(BOTH, "{bob} says: as telnet ends it")
        .map_err(|failure| failure.because_of_bytes(Cause::KeepsCarriageReturn))?;
    s.sends("alice", b"caf\xc3");
    s.pauses();
    s.sends("alice", b"\xa9\n");
    s.all_hear(BOTH, "{alice} says: café")
        .map_err(|failure| failure.because_of_bytes(Cause::CutCharacter))
}

fn refused_lines(s: &mut Stage) -> Outcome {
    const BOTH: &[&str] = &["alice", "bob"];
    a_room_for_two(s)?;
    s.sends("bob", b"\n\r\n");
    s.says("bob", "that was nothing");
    s.all_hear(BOTH, "{bob} says: that was nothing")
        .map_err(|failure| failure.because_of_bytes(Cause::EmptyLine))?;
    s.sends("bob", b"caf\xe9 \xff\xfe\n");
    s.hears("bob", "Not valid UTF-8: the line was not sent.")
        .map_err(|failure| failure.because(Cause::GivesUpOnBytes))?;
    s.sends("bob", b"\x1b[2Jgone?\x07\n");
    s.all_hear(BOTH, "{bob} says: \u{fffd}[2Jgone?\u{fffd}")
        .map_err(|failure| failure.because_of_bytes(Cause::PassesControls))?;
    let longest = "x".repeat(4096);
    s.says("bob", &longest);
    s.all_hear(BOTH, &format!("{{bob}} says: {longest}"))
        .map_err(|failure| failure.because_of_bytes(Cause::LimitTooLow))?;
    s.says("bob", &format!("{longest}x"));
    s.hears("bob", "Line too long: the limit is 4096 bytes.")
        .map_err(|failure| failure.because(Cause::NoLimit))?;
    s.says("bob", "sorry");
    s.all_hear(BOTH, "{bob} says: sorry")
}

fn last_line(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("bob", b"bye");
    s.half_closes("bob");
    s.all_hear(&["alice", "bob"], "{bob} says: bye")
        .map_err(|failure| failure.because(Cause::LosesLastLine))?;
    s.hears("alice", "{bob} left the chat.")?;
    s.sees_end("bob")
}

// Step 5: names and commands.

fn a_name(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.says("alice", "/nick Alice");
    s.all_hear(&["alice", "bob"], "{alice} is now Alice")
        .map_err(|f| why_no_name(s, f))?;
    s.says("alice", "hello");
    s.all_hear(&["alice", "bob"], "Alice says: hello")
}

/// Alice has no name. Is there somebody else who waits for her?
fn why_no_name(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if failure.got("{alice} says: /nick Alice\\n") {
        return failure.because(Cause::NoNames);
    }
    s.says("bob", "hm?");
    if s.comes_to_hear("bob", "{bob} says: hm?").is_some() {
        return failure;
    }
    s.says("alice", "yes");
    match s.comes_to_hear("bob", "{bob} says: hm?") {
        Some(_) => failure.shows(
            "then bob spoke, and nobody heard it until alice had answered",
            Cause::LockWhileAsking,
        ),
        None => failure,
    }
}

fn one_owner(s: &mut Stage) -> Outcome {
    const BOTH: &[&str] = &["alice", "bob"];
    a_room_for_two(s)?;
    s.says("alice", "/nick Alice");
    s.all_hear(BOTH, "{alice} is now Alice")?;
    s.says("bob", "/nick aLICE");
    is_refused(s, "bob").map_err(|failure| failure.because(Cause::SameName))?;
    s.says("bob", "/nick 10.0.0.1");
    is_refused(s, "bob").map_err(|failure| failure.because(Cause::AddressAsName))?;
    s.says("bob", "/nick bob");
    s.all_hear(BOTH, "{bob} is now bob")?;
    s.leaves("alice");
    s.hears("bob", "Alice left the chat.").map_err(|failure| {
        let by_address = failure.got("{alice} left the chat.\\n");
        if by_address {
            failure.because(Cause::LeftByAddress)
        } else {
            failure
        }
    })?;
    s.says("bob", "/nick alice");
    s.hears("bob", "bob is now alice")
        .map_err(|failure| failure.because(Cause::NameStaysTaken))
}

/// Whoever asked for a name hears why not, and so nobody hears that it has it now.
fn is_refused(s: &mut Stage, name: &str) -> Outcome {
    s.hears_such(name, "a refusal", |line| !line.contains(" is now "))
}

fn commands(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.says("alice", "/up Hello");
    s.hears("alice", "HELLO")
        .map_err(|failure| failure.because_of_bytes(Cause::NoCommand))?;
    s.says("alice", "/down Hello");
    s.hears("alice", "hello")?;
    s.sends("alice", b"/up as telnet sends it\r\n");
    s.hears("alice", "AS TELNET SENDS IT")
        .map_err(|failure| failure.because_of_bytes(Cause::KeepsCarriageReturn))?;
    s.says("alice", "/time");
    s.hears_such(
        "alice",
        "2026-11-22 14:05:09 UTC, or whatever it is now",
        is_time,
    )
    .map_err(|failure| failure.because(Cause::NoCommand))?;
    s.says("alice", "/quitter");
    s.hears("alice", "Unknown command: /quitter. Try /help.")
        .map_err(|failure| failure.because(Cause::CommandByPrefix))?;
    s.says("alice", "/nick Al-1");
    s.all_hear(&["alice", "bob"], "{alice} is now Al-1")
        .map_err(|failure| failure.because_if_extra(Cause::PublicAnswer))?;
    s.says("bob", "/who");
    s.hears("bob", "{bob}, Al-1")
        .or_else(|failure| match failure.verdict {
            // The words of the list are the server's own, but all must be in it.
            Verdict::WrongBytes { ref got, .. }
                if got.contains("Al-1") && got.contains("{bob}") =>
            {
                Ok(())
            }
            _ => Err(failure.because(Cause::NoCommand)),
        })
}

/// Whether this is a time as `/time` tells it: every digit may be another.
fn is_time(line: &str) -> bool {
    let digits_aside = line.replace(|c: char| c.is_ascii_digit(), "0");
    digits_aside == "0000-00-00 00:00:00 UTC"
}

fn goodbye(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.sends("bob", b"last words\n/exit\nand another thing\n");
    s.all_hear(&["alice", "bob"], "{bob} says: last words")
        .map_err(|failure| failure.because(Cause::LosesLastLine))?;
    s.hears("alice", "{bob} left the chat.")
        .map_err(|failure| failure.because_of_bytes(Cause::HeardAfterExit))?;
    s.hears("bob", "Bye.")?;
    s.sees_end("bob")?;
    s.says("alice", "alone again");
    s.hears("alice", "{alice} says: alone again")
        .map_err(|failure| failure.because_if_extra(Cause::HeardAfterExit))
}

// Step 6: a room that nobody can freeze.

/// What a client that does not read may let wait: half of it is no reason to be disconnected, four times as much is.
const MOST_WAITING: usize = 1024 * 1024 / LONG_LINE;

/// Alice and bob are in the room, and carol, who does not read.
fn a_room_with_a_deaf_one(s: &mut Stage, name: &'static str, others: &[&str]) -> Outcome {
    s.connects_deaf(name)?;
    s.does(name, "connects, and reads nothing");
    s.all_hear(others, &format!("{{{name}}} joined the chat."))
}

fn reads_later(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    a_room_with_a_deaf_one(s, "carol", &["alice", "bob"])?;
    let lines = s
        .pours_until_full("alice", &["alice", "bob"], "carol", MOST_WAITING / 2)
        .map_err(|failure| why_it_stops(s, failure))?;
    s.reads("carol");
    s.hears_all_poured("carol", "alice", lines)
        .map_err(|mut failure| {
            if !s.is_disconnected("carol") {
                failure.verdict = Verdict::Misses;
                return failure.because(Cause::DropsForSlow);
            }
            // Whatever she heard up to then.
            failure.verdict = Verdict::Closed;
            failure.because(Cause::DisconnectsSlow)
        })?;
    s.says("carol", "that was a lot");
    s.all_come_to_hear(&["alice", "bob", "carol"], "{carol} says: that was a lot")
}

/// Nobody hears anything any more. Do they when carol reads?
fn why_it_stops(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !matches!(failure.verdict, Verdict::Silent(_)) {
        return failure;
    }
    // Which of them hears it last, chance decides.
    let failure = failure.after("alice says long lines");
    s.says("bob", "hello?");
    if s.comes_to_hear("bob", "{bob} says: hello?").is_some() {
        return failure;
    }
    s.hears_in_bulk(&["alice", "bob"]);
    s.reads("carol");
    let comes = s.comes_to_hear("bob", "{bob} says: hello?");
    s.has_heard_all(&["alice", "bob"]);
    match comes {
        Some(_) => failure.shows(
            "bob said \"hello?\", and nothing came; then carol read, and it came at once",
            Cause::FrozenRoom,
        ),
        None => failure.because(Cause::FrozenRoom),
    }
}

fn never_reads(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    a_room_with_a_deaf_one(s, "carol", &["alice", "bob"])?;
    let lines = lines_in_transit() + 4 * MOST_WAITING;
    let left = "{carol} left the chat.";
    s.quietly(|s| s.pours("alice", &["alice", "bob"], lines, left))
        .map_err(|failure| why_it_stops(s, failure))?;
    if s.has_heard_news() {
        s.tells("alice says long lines, carol reads none, and is disconnected");
        return Ok(());
    }
    s.says("alice", "where is carol?");
    s.hears("alice", left)
        .map_err(|failure| failure.because(Cause::UnboundedQueue))
}

fn answer_in_order(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    let begun = Instant::now();
    for _ in 0..100 {
        s.sends("bob", b"one\n/up two\nthree\n");
        s.quietly(|s| {
            s.hears("bob", "{bob} says: one")?;
            s.hears("bob", "TWO")?;
            s.hears("bob", "{bob} says: three")
        })
        .map_err(|failure| failure.because_of_bytes(Cause::AnswerOutOfOrder))?;
        s.forget_what_was_done();
    }
    s.passed_as(
        "bob gets 100 answers, each between what he said before and after",
        begun.elapsed(),
    );
    Ok(())
}

/// Clients come, one after the other, let as much wait as they may, and go. What waited for them goes, too.
fn nothing_stays(s: &mut Stage) -> Outcome {
    const CAST: [&str; 6] = ["carol", "dave", "erin", "frank", "grace", "heidi"];
    a_room_for_two(s)?;
    let mut memory = None;
    for (round, name) in CAST.into_iter().enumerate() {
        s.quietly(|s| {
            a_room_with_a_deaf_one(s, name, &["alice", "bob"])?;
            s.pours_until_full("alice", &["alice", "bob"], name, MOST_WAITING / 2)?;
            s.leaves(name);
            s.all_hear(&["alice", "bob"], &format!("{{{name}}} left the chat."))
        })
        .map_err(|failure| failure.because(Cause::QueueStays))?;
        // The first ones make the program as large as it needs to be.
        if round == 1 {
            memory = s.memory();
        }
    }
    let grown = memory
        .zip(s.memory())
        .map_or(0, |(before, after)| after.saturating_sub(before));
    if grown > 1024 * 1024 {
        s.sum_up("four clients come, read nothing, and go");
        return Err(s
            .fail(None, Verdict::Grows(grown))
            .because(Cause::QueueStays));
    }
    s.tells("six clients come, read nothing, and go: nothing of them stays");
    Ok(())
}

/// Alice has left, and somebody takes her name. Nobody can tell the difference.
fn impostor(s: &mut Stage) -> Outcome {
    a_room_for_two(s)?;
    s.says("alice", "/nick Alice");
    s.all_hear(&["alice", "bob"], "{alice} is now Alice")?;
    s.leaves("alice");
    s.hears("bob", "Alice left the chat.")?;
    s.joins("mallory", &["bob"])?;
    s.says("mallory", "/nick Alice");
    s.all_hear(&["bob", "mallory"], "{mallory} is now Alice")?;
    s.says("mallory", "I am back. The key?");
    s.all_hear(&["bob", "mallory"], "Alice says: I am back. The key?")?;
    s.does("mallory", "asks for the key");
    Err(s.fail(None, Verdict::Fooled).because(Cause::AnybodysName))
}
