//! Step 12: what two servers share, while their connections to it are cut, or it is away.

use std::time::{Duration, Instant};

use super::broadcast::four_talk;
use super::causes::{
    BACK_TOO_LATE, DISCONNECTS_WITHOUT_REDIS, ENDS_WITHOUT_REDIS, KEYS_IN_REDIS, LOST,
    NOT_SAID_TO_BE_BACK, NOT_SAID_TO_WAIT, ORDER, SAYS_AGAIN_THAT_IT_WAITS, TWICE,
};
use super::finding::{Finding, Problem, observed, passed};
use super::room::{room, run, turns};
use super::scene::{Scene, Script::Code, Script::Numbered, Script::Turns};
use crate::model::advice::Advice;
use crate::model::contract::{ClientId, INSTANCES};
use crate::model::matching::lines;
use crate::model::session::{ALICE, BOB};
use crate::runner::harness::{Harness, SecondInstance};

pub const SCENES: &[Scene] = &[
    Scene::new("two servers, one room", 0).script(Turns(
        "alice connects; alice says hi
         bob connects; bob says yo
         alice says welcome
         bob half-closes; alice says alone again",
    )),
    Scene::new("four talk at once, at two servers", 4)
        .sum_up("four talk at once at two servers, all see the same 100 lines")
        .script(Numbered(four_talk)),
    Scene::new("connections to Redis are cut", 0)
        .takes_long()
        .script(Code(cut)),
    Scene::new("a name is one person's, wherever", 2).script(Turns(
        "alice says /nick Alice; bob says /nick aLICE; bob says /nick Bob
         alice says /who; alice says /nick bob; alice leaves
         bob says /nick Alice",
    )),
    Scene::new("who registers here, logs in there", 2).script(Turns(
        "alice says /register Alice; bob says /nick alice
         carol connects; dave connects
         dave says /login alice {key-of-Alice}; dave says still me
         carol says /who
         bob says /login Alice {key-of-Alice}; bob says /who
         carol says /login Alice {32 0}",
    )),
    Scene::new("answers take their turn", 2).script(Turns(
        r"bob sends /nick Zed\n/who\none\n/up two\n/nick Zoe\n/who\n
          alice sends 1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n",
    )),
    Scene::new("a server comes later", 0).script(Code(comes_later)),
    Scene::new("Redis is killed, and comes back", 0)
        .takes_long()
        .script(Code(comes_back)),
];

/// How long a server may take to find its Redis again.
const COMES_BACK: Duration = Duration::from_secs(10);
const OUT_OF_REACH: &str = "The room is out of reach: what you say waits.";
const BACK: &str = "The room is back.";

/// The lines that a client has received, each without its sender.
fn said(harness: &Harness, who: ClientId) -> Vec<String> {
    let lines = lines(&harness.clients[who].unread);
    let lines = lines.map(|line| String::from_utf8_lossy(line).trim_end().to_string());
    let of_clients = lines.filter(|line| !line.starts_with("The room is "));
    let texts = of_clients.map(|line| match line.split_once(" says: ") {
        Some((_, text)) => text.to_string(),
        None => line,
    });
    texts.collect()
}

/// Waits until alice has received this line of the server, or is disconnected.
fn wait_for_notice(harness: &mut Harness, notice: &str) -> bool {
    let notice = format!("{notice}\n");
    let received = |harness: &Harness| {
        lines(&harness.clients[ALICE].unread).any(|line| line == notice.as_bytes())
    };
    harness.wait_for(Instant::now() + COMES_BACK, |harness| {
        received(harness) || is_gone(harness, ALICE)
    })
}

/// Waits until both have received this, or one of them is disconnected.
fn wait_for_both(harness: &mut Harness, text: &str) -> bool {
    let has = |harness: &Harness, who| said(harness, who).iter().any(|line| line == text);
    let both = |harness: &Harness| has(harness, ALICE) && has(harness, BOB);
    let gone = |harness: &Harness| is_gone(harness, ALICE) || is_gone(harness, BOB);
    let over = |harness: &Harness| both(harness) || gone(harness);
    harness.wait_for(Instant::now() + COMES_BACK, over) && both(harness)
}

fn is_gone(harness: &Harness, who: ClientId) -> bool {
    harness.clients[who].end.is_some()
}

fn redis(harness: &mut Harness, act: impl FnOnce(&mut SecondInstance)) {
    if let Some(twin) = &mut harness.twin {
        act(twin);
    }
}

/// Finds what is wrong with what both have received of these texts, if anything is.
fn compare(harness: &mut Harness, action: &str, texts: &[String]) -> Result<(), Problem> {
    match end_of_one(harness).or_else(|| what_differs(harness, texts)) {
        Some((seen, advice)) => Err(observed(harness, action, seen, advice)),
        None => Ok(()),
    }
}

/// A server ends shortly after its connections.
fn end_of_one(harness: &mut Harness) -> Option<(String, Advice)> {
    let deadline = Instant::now() + Duration::from_millis(300);
    let names = [(ALICE, "alice"), (BOB, "bob")];
    let gone = names.iter().find(|(who, _)| is_gone(harness, *who));
    while gone.is_some() && harness.one_has_ended().is_none() && harness.has_time(deadline) {
        harness.wait_until(Instant::now() + Duration::from_millis(10));
    }
    match (harness.one_has_ended(), gone) {
        (Some(status), _) => Some((format!("a server ends ({status})"), ENDS_WITHOUT_REDIS)),
        (None, Some((_, name))) => {
            Some((format!("{name} is disconnected"), DISCONNECTS_WITHOUT_REDIS))
        }
        (None, None) => None,
    }
}

fn what_differs(harness: &Harness, texts: &[String]) -> Option<(String, Advice)> {
    let received = [ALICE, BOB].map(|who| {
        let mut received = said(harness, who);
        received.retain(|line| texts.contains(line));
        received
    });
    for (name, received) in ["alice", "bob"].iter().zip(&received) {
        for text in texts {
            match received.iter().filter(|line| *line == text).count() {
                0 => return Some((format!("{name} does not hear \"{text}\""), LOST)),
                1 => {}
                times => {
                    return Some((format!("{name} hears \"{text}\" {times} times"), TWICE));
                }
            }
        }
    }
    let [alice, bob] = received;
    (alice != bob).then(|| ("they hear it in another order".to_string(), ORDER))
}

/// The connections of both servers are cut while alice and bob talk.
fn cut(harness: &mut Harness) -> Finding {
    const ROUNDS: usize = 10;
    let play = room(harness, INSTANCES, 2, 2)?;
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
        let mut newest = texts[texts.len() - 2..].iter();
        if !newest.all(|text| wait_for_both(play.harness, text)) {
            break;
        }
    }
    let action = "connections to Redis are cut while alice and bob talk at two servers,";
    compare(play.harness, action, &texts)?;
    Ok(passed(
        "connections to Redis are cut 20 times: each line is heard once, in one order",
    ))
}

/// Redis is killed. What alice says meanwhile waits, and nobody is disconnected.
fn comes_back(harness: &mut Harness) -> Finding {
    let play = room(harness, INSTANCES, 2, 2)?;
    redis(play.harness, |twin| twin.redis.dies());
    play.harness.send(ALICE, b"one\ntwo\n");
    let action = "Redis is killed, and alice says \"one\",";
    if !wait_for_notice(play.harness, OUT_OF_REACH) {
        let seen = "she is not told that it waits";
        return Err(observed(play.harness, action, seen, NOT_SAID_TO_WAIT));
    }
    compare(play.harness, action, &[])?;
    // A server that gives up does so by then.
    play.harness
        .wait_until(Instant::now() + Duration::from_secs(1));
    redis(play.harness, |twin| {
        let _ = twin.redis.starts(&[]); // If it does not, the words are not heard.
    });
    let is_told = wait_for_notice(play.harness, BACK);
    wait_for_both(play.harness, "two");
    let action = "Redis is killed, alice says \"one\" and \"two\", and it is started again,";
    compare(play.harness, action, &["one", "two"].map(str::to_string))?;
    if let Some((seen, advice)) = wrong_notices(play.harness, is_told) {
        return Err(observed(play.harness, action, seen, advice));
    }
    Ok(passed(
        "Redis is killed and started again: what alice says meanwhile comes later, in order",
    ))
}

/// What is wrong with the notices that alice received, if anything is.
fn wrong_notices(harness: &Harness, is_told: bool) -> Option<(String, Advice)> {
    if !is_told {
        return Some((
            "she is not told that it is back".to_string(),
            NOT_SAID_TO_BE_BACK,
        ));
    }
    let received: Vec<&[u8]> = lines(&harness.clients[ALICE].unread).collect();
    let notices = received
        .iter()
        .filter(|line| line.starts_with(OUT_OF_REACH.as_bytes()));
    let times = notices.count();
    if times > 1 {
        let seen = format!("she is told {times} times that it waits");
        return Some((seen, SAYS_AGAIN_THAT_IT_WAITS));
    }
    let place = |part: &[u8]| received.iter().position(|line| line.ends_with(part));
    let is_late = place(b" says: one\n") < place(format!("{BACK}\n").as_bytes());
    let seen = "she hears her own line before she hears that it is back";
    is_late.then(|| (seen.to_string(), BACK_TOO_LATE))
}

/// A server that comes later knows who is there, and what is registered; and nobody's key is kept
/// in Redis.
fn comes_later(harness: &mut Harness) -> Finding {
    let mut play = room(harness, INSTANCES, 1, 2)?;
    play = run(
        play,
        &turns("alice says /register Alice; alice says /nick Zed"),
    )?;
    redis(play.harness, |twin| {
        let _ = twin.restart(); // If it does not start, bob finds nobody there.
    });
    let after = "bob connects; bob says /who; bob says /nick zed; bob says /nick Alice
                 alice says hello there
                 bob says /login Alice {key-of-Alice}";
    play = run(play, &turns(after))?;
    let kept = play.harness.twin.as_ref().map(|twin| twin.redis.kept());
    if play.harness.keys.is_in(&kept.unwrap_or_default()) {
        let seen = "her key stands in Redis as it is";
        return Err(observed(
            play.harness,
            "alice registers,",
            seen,
            KEYS_IN_REDIS,
        ));
    }
    Ok(passed(
        "another server comes later: it knows who is there, and Redis keeps nobody's key",
    ))
}
