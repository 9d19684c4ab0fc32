//! Step 8: what two servers share while their connections to it are cut, or it is away.

use std::time::{Duration, Instant};

use super::stalled::{Playing, found};
use crate::check::failure::{Failure, Outcome};
use crate::model::contract::key_of;
use crate::model::contract::{ClientId, INSTANCES};
use crate::model::matching::lines;
use crate::model::session::{ALICE, BOB, Turn, a_room_of, connects, says};
use crate::runner::harness::{Harness, SecondInstance};
use crate::runner::playback::Playback;

/// How long Redis is away.
const AWAY: Duration = Duration::from_secs(1);
/// How long a server may take to find its Redis again.
const COMES_BACK: Duration = Duration::from_secs(10);
/// How long after its connections a server may end.
const ENDS: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(10);
const ROUNDS: usize = 10;
const OUT_OF_REACH: &str = "The room is out of reach: what you say waits.";
const BACK: &str = "The room is back.";

/// Alice is at one server, bob at the other.
fn a_room_for_two<'s, 'a>(stage: &'s mut Harness<'a>) -> Playing<'s, 'a> {
    let mut play = Playback::begin(stage, INSTANCES, &[connects(BOB)]);
    if !play.run_until_wrong(&a_room_of(2)) {
        return Err(Failure::of(play));
    }
    Ok(play)
}

/// What a client has heard since then, each line without who said it.
fn said(stage: &Harness, who: ClientId) -> Vec<String> {
    let lines = lines(&stage.clients[who].unread);
    let lines = lines.map(|line| String::from_utf8_lossy(line).trim_end().to_string());
    let of_others = lines.filter(|line| !line.starts_with("The room is "));
    of_others
        .map(|line| {
            line.split_once(" says: ")
                .map_or(line.clone(), |(_, text)| text.to_string())
        })
        .collect()
}

fn heard_line(stage: &Harness, who: ClientId, line: &str) -> bool {
    lines(&stage.clients[who].unread).any(|heard| heard == format!("{line}\n").as_bytes())
}

/// Both have heard this, or one of them is disconnected, or time is up.
fn both_hear(stage: &mut Harness, text: &str) -> bool {
    let has = |stage: &Harness, who| said(stage, who).iter().any(|line| line == text);
    let both = |stage: &Harness| has(stage, ALICE) && has(stage, BOB);
    let over = |stage: &Harness| both(stage) || is_gone(stage, ALICE) || is_gone(stage, BOB);
    stage.wait_for(Instant::now() + COMES_BACK, over) && both(stage)
}

fn is_gone(stage: &Harness, who: ClientId) -> bool {
    stage.clients[who].end.is_some()
}

fn redis(stage: &mut Harness, acts: impl FnOnce(&mut SecondInstance)) {
    if let Some(twin) = &mut stage.twin {
        acts(twin);
    }
}

/// What is wrong with what both have heard of these texts, if anything is.
fn what_is_wrong(
    stage: &mut Harness,
    texts: &[String],
) -> Option<(String, (&'static str, &'static str))> {
    let names = [(ALICE, "alice"), (BOB, "bob")];
    let deadline = Instant::now() + ENDS;
    while names.iter().any(|(who, _)| is_gone(stage, *who))
        && stage.one_has_ended().is_none()
        && stage.has_time(deadline)
    {
        stage.wait_until(Instant::now() + TICK);
    }
    if let Some(status) = stage.one_has_ended() {
        return Some((format!("a server ends ({status})"), ENDED));
    }
    if let Some((_, name)) = names.iter().find(|(who, _)| is_gone(stage, *who)) {
        return Some((format!("{name} is disconnected"), DISCONNECTED));
    }
    let heard = [ALICE, BOB].map(|who| {
        let mut heard = said(stage, who);
        heard.retain(|line| texts.contains(line));
        heard
    });
    for ((_, name), heard) in names.iter().zip(&heard) {
        for text in texts {
            let seen = match heard.iter().filter(|line| *line == text).count() {
                1 => continue,
                0 => format!("{name} does not hear \"{text}\""),
                times => format!("{name} hears \"{text}\" {times} times"),
            };
            return Some((seen, if heard.contains(text) { TWICE } else { LOST }));
        }
    }
    (heard[0] != heard[1]).then(|| ("they hear it in another order".to_string(), ORDER))
}

const DISCONNECTED: (&str, &str) = (
    "your server disconnects clients when it loses its connection to Redis.",
    "what follows an error of Redis: that connection is made anew, and no client's is closed.",
);
const ENDED: (&str, &str) = (
    "your server ends when it loses its connection to Redis.",
    "what follows an error of Redis: the connection is made anew, and neither a thread nor the program ends.",
);
const LOST: (&str, &str) = (
    "a line is lost, or takes more than 10 s, when a connection between your server and Redis is lost.",
    "whether it connects again, with all that it needs (a Redis that was started again knows no scripts); where it reads on: behind the last entry that it has read; and whether it sends again what got no answer.",
);
const TWICE: (&str, &str) = (
    "a line comes twice when a connection between your server and Redis is lost.",
    "whether it was said twice, or read twice: a request that is sent again must show that it is the same, and a server reads on behind the last entry that it has read.",
);
const ORDER: (&str, &str) = (
    "your servers do not tell what is said in one order.",
    "where a client's own words come from: from what the servers share, and only from there.",
);

/// The connections of both servers are cut while alice and bob talk.
pub fn cut(stage: &mut Harness) -> Outcome {
    let play = a_room_for_two(stage)?;
    let mut texts = Vec::new();
    for round in 1..=ROUNDS {
        for (who, name) in [(ALICE, "alice"), (BOB, "bob")] {
            let text = format!("{name}, round {round}");
            // Before a line is on its way, or after.
            if round % 2 == 0 {
                redis(play.harness, |twin| twin.redis.cuts_connections());
            }
            play.harness.send(who, format!("{text}\n").as_bytes());
            if round % 2 == 1 {
                redis(play.harness, |twin| twin.redis.cuts_connections());
            }
            texts.push(text);
        }
        let is_there = texts[texts.len() - 2..]
            .iter()
            .all(|text| both_hear(play.harness, text));
        if !is_there {
            break;
        }
    }
    if let Some((seen, causes)) = what_is_wrong(play.harness, &texts) {
        let did = "connections to Redis are cut while alice and bob talk at two servers,";
        return Err(found(&play, did, &seen, causes));
    }
    let passed = "connections to Redis are cut 20 times: each line is heard once, in one order";
    play.harness.observer.passed(passed, None);
    Ok(())
}

/// Redis is killed. What alice says meanwhile waits, and nobody is disconnected.
pub fn comes_back(stage: &mut Harness) -> Outcome {
    let play = a_room_for_two(stage)?;
    redis(play.harness, |twin| twin.redis.dies());
    play.harness.send(ALICE, b"one\ntwo\n");
    let is_told = |stage: &Harness| heard_line(stage, ALICE, OUT_OF_REACH) || is_gone(stage, ALICE);
    if !play.harness.wait_for(Instant::now() + COMES_BACK, is_told) {
        let causes = (
            "your server does not tell that what alice says has to wait.",
            "what happens when Redis does not answer: The room is out of reach: what you say waits.",
        );
        return Err(found(
            &play,
            "Redis is killed, and alice says \"one\",",
            "she is not told that it waits",
            causes,
        ));
    }
    if let Some((seen, causes)) = what_is_wrong(play.harness, &[]) {
        let did = "Redis is killed, and alice says \"one\",";
        return Err(found(&play, did, &seen, causes));
    }
    play.harness.wait_until(Instant::now() + AWAY); // A server that gives up does so by then.
    redis(play.harness, |twin| {
        let _ = twin.redis.starts(&[]); // If it does not, the words are not heard.
    });
    let texts = ["one", "two"].map(str::to_string);
    let is_back = |stage: &Harness| heard_line(stage, ALICE, BACK) || is_gone(stage, ALICE);
    let is_told = play.harness.wait_for(Instant::now() + COMES_BACK, is_back);
    both_hear(play.harness, "two");
    let did = "Redis is killed, alice says \"one\" and \"two\", and it is started again,";
    if let Some((seen, causes)) = what_is_wrong(play.harness, &texts) {
        return Err(found(&play, did, &seen, causes));
    }
    if !is_told {
        let causes = (
            "your server does not tell when it goes on.",
            "the end of the wait: The room is back.",
        );
        return Err(found(&play, did, "she is not told that it is back", causes));
    }
    let heard: Vec<&[u8]> = lines(&play.harness.clients[ALICE].unread).collect();
    let times = heard
        .iter()
        .filter(|line| line.starts_with(OUT_OF_REACH.as_bytes()))
        .count();
    if times > 1 {
        let seen = format!("she is told {times} times that it waits");
        let causes = (
            "your server tells again and again that what alice says has to wait: once is enough.",
            "what it keeps of each client: whether it was told.",
        );
        return Err(found(&play, did, &seen, causes));
    }
    let place = |part: &[u8]| heard.iter().position(|line| line.ends_with(part));
    if place(b" says: one\n") < place(format!("{BACK}\n").as_bytes()) {
        let causes = (
            "your server tells that it goes on only after what had to wait.",
            "the order: first The room is back., then what was said meanwhile.",
        );
        return Err(found(
            &play,
            did,
            "she hears her own line before she hears that it is back",
            causes,
        ));
    }
    let passed =
        "Redis is killed and started again: what alice says meanwhile comes later, in order";
    play.harness.observer.passed(passed, None);
    Ok(())
}

/// A server that comes later knows who is there, and what is registered; and nobody's key is kept in Redis.
pub fn comes_later(stage: &mut Harness) -> Outcome {
    let mut play = Playback::begin(stage, INSTANCES, &[connects(BOB)]);
    let before = [
        a_room_of(1),
        vec![says(ALICE, "/register Alice"), says(ALICE, "/nick Zed")],
    ]
    .concat();
    if !play.run_until_wrong(&before) {
        return Err(Failure::of(play));
    }
    redis(play.harness, |twin| {
        let _ = twin.restart(); // If it does not start, bob finds nobody there.
    });
    let after: [Turn; 6] = [
        connects(BOB),
        says(BOB, "/who"),
        says(BOB, "/nick zed"),
        says(BOB, "/nick Alice"),
        says(ALICE, "hello there"),
        says(BOB, &format!("/login Alice {}", key_of("Alice"))),
    ];
    if !play.run_until_wrong(&after) {
        return Err(Failure::of(play));
    }
    let kept = play.harness.twin.as_ref().map(|twin| twin.redis.kept());
    if play.harness.keys.is_in(&kept.unwrap_or_default()) {
        let causes = (
            "your server keeps the keys themselves in Redis: anybody who can read there has them.",
            "what goes to Redis: the SHA-256 of a key. The key itself goes to its owner, and nowhere else.",
        );
        return Err(found(
            &play,
            "alice registers,",
            "her key stands in Redis as it is",
            causes,
        ));
    }
    let passed = "another server comes later: it knows who is there, and Redis keeps nobody's key";
    play.harness.observer.passed(passed, None);
    Ok(())
}
