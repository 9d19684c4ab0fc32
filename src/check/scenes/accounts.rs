//! Step 10: a name with a key.

use std::time::{Duration, Instant};

use super::accounts_at_once::one_owner;
use super::causes::{
    LOGINS_IN_TURN, PRINTS_KEYS, REFUSES_TOO_SOON, TO_THE_FIRST, WAITS_FOR_A_LOGIN,
};
use super::finding::{Finding, Playing, Problem, measured, observed, passed};
use super::ledger::find_similar_keys;
use super::load::no_answer;
use super::room::{room, run, turns};
use super::scene::{Scene, Script::Code, Script::Turns};
use crate::check::failure::Failure;
use crate::model::contract::{ACCOUNTS, ClientId};
use crate::model::matching::first_line;
use crate::model::session::{ALICE, BOB, CAROL, connects, leaves, says};
use crate::runner::harness::Harness;
use crate::runner::playback::Playback;

pub const SCENES: &[Scene] = &[
    Scene::new("an impostor", 0)
        .draw(
            &["alice", "bob", "mallory"],
            "Alice has left, and her name is still hers",
            (TO_THE_FIRST.id, "Mallory is taken for Alice"),
        )
        .script(Code(impostor)),
    Scene::new("a name with a key", 2).script(Turns(
        "alice says /register; alice says /register 10.0.0.1
         alice says /login; alice says /login Bob
         alice says /register Alice; alice says hello; alice says /register Alice
         bob says /nick aLICE; bob says /register alice; bob says /nick Bob
         alice says /register bob; alice leaves; bob says /nick Alice
         carol connects; carol says /login alice {key-of-Alice}
         carol says back again; carol says /nick Carol; bob says /nick Alice
         bob says /register Bob; bob says /help",
    )),
    Scene::new("several register one name at the same moment", 0).script(Code(one_owner)),
    Scene::new("one person, one place", 3).script(Turns(
        "alice says /register Alice
         dave connects; dave says /login Alice {key-of-Alice}
         dave says still me; bob says /who",
    )),
    Scene::new("a name that its owner does not use", 2).script(Turns(
        "bob says /register Bob; bob says /nick Robert
         alice says /login Bob {key-of-Bob}
         bob says I am here, too",
    )),
    Scene::new("wrong keys", 2).takes_long().script(Turns(
        "bob says /register Bob; alice says /register Alice
         alice says /login Bob {key-of-Alice}
         alice says /login Bob {half-the-key-of-Bob}
         alice says /login Alice {key-of-Alice}
         alice says /login Nobody {key-of-Nobody}
         alice says still here",
    )),
    Scene::new("three wrong logins in a row", 3)
        .takes_long()
        .script(Turns(
            "bob says /register Bob
             alice says /login Bob {32 0} & carol says /login Nobody {32 0}
             alice says /login Alicia {32 0}; alice says /login Bob {32 0}
             carol says still here",
        )),
    Scene::new("a wrong key costs time", 0)
        .takes_long()
        .script(Code(takes_time)),
];

/// How long a server delays the answer to a wrong key.
const PAUSE: Duration = Duration::from_secs(1);

/// Alice has left, and another client takes her name. Without accounts, no client can tell the
/// difference.
fn impostor(harness: &mut Harness) -> Finding {
    const MALLORY: ClientId = CAROL;
    let mut playback = room(harness, ACCOUNTS, 2, 3)?;
    playback.harness.names[MALLORY] = "mallory";
    let before = playback.contract.clone();
    let comes = [leaves(ALICE), connects(MALLORY)];
    let asks = [says(MALLORY, "/nick Alice")];
    if playback.turn(&says(ALICE, "/register Alice")) {
        playback = run(playback, &comes)?;
        if !playback.run_until_wrong(&asks) {
            return Err(Failure::of(playback).into());
        }
        return Ok(passed(
            "alice registers her name and leaves; mallory asks for it and is refused",
        ));
    }
    if !knows_no_accounts(&playback) {
        return Err(Failure::of(playback).into());
    }
    playback.contract = before;
    playback.contract.step = ACCOUNTS - 1;
    playback.divergence = None;
    playback = run(playback, &[says(ALICE, "/nick Alice")])?;
    playback = run(playback, &comes)?;
    playback.harness.display.expects.instead = Some("a refusal: it is Alice's name");
    playback = run(playback, &asks)?;
    playback.harness.display.expects.instead = Some("not as Alice");
    playback = run(playback, &[says(MALLORY, "I am back. The key?")])?;
    playback.harness.display.expects.instead = None;
    let action = "mallory asks for the key";
    Err(observed(
        playback.harness,
        action,
        "is taken for Alice",
        TO_THE_FIRST,
    ))
}

fn knows_no_accounts(playback: &Playback) -> bool {
    let received = playback
        .recording
        .turns
        .last()
        .map(|turn| &turn.heard[ALICE]);
    received.is_some_and(|received| first_line(received).starts_with(b"Unknown command"))
}

/// A client that tries a wrong key waits a second, and no other does. No key is printed.
fn takes_time(harness: &mut Harness) -> Finding {
    let mut playback = room(harness, ACCOUNTS, 3, 3)?;
    playback = run(
        playback,
        &turns("bob says /register Bob; alice says /register Alice"),
    )?;
    find_similar_keys(playback.harness)?;
    playback = run(playback, &turns("bob says /login Bob {key-of-Bob}"))?;
    // Alice's attempt is in progress when bob speaks.
    playback.options.delay_between_acts = Duration::from_millis(50);
    for (name, what) in [("Nobody", "name"), ("Bob", "key")] {
        playback = try_a_wrong_key(playback, name, what)?;
    }
    playback.harness.wait_until_idle();
    read_what_is_printed(playback.harness)?;
    Ok(passed(
        "alice tries a wrong name, then a wrong key: each takes a second, carol's tries too, \
         and bob talks on",
    ))
}

/// Alice tries one name and carol another, while bob talks.
fn try_a_wrong_key<'s, 'a>(playback: Playback<'s, 'a>, name: &str, what: &str) -> Playing<'s, 'a> {
    const NO_KEY: &str = "{32 0}";
    let begun = Instant::now();
    let all = format!(
        "alice says /login {name} {NO_KEY} & carol says /login Carl {NO_KEY} & bob says meanwhile"
    );
    let playback = run(playback, &turns(&all))?;
    let answered = |who: ClientId| playback.harness.clients[who].received_at;
    let [alice, bob, carol] =
        [ALICE, BOB, CAROL].map(|who| answered(who).saturating_duration_since(begun));
    let action = format!("alice tries a wrong {what} while bob talks,");
    if bob > PAUSE / 2 {
        return Err(waits_for_a_login(playback, &action, bob));
    }
    if carol.max(alice) > PAUSE * 9 / 5 {
        let action = "alice tries one name and carol another,";
        let last = if carol > alice { "carol" } else { "alice" };
        let seen = format!("{last} waits for the other's pause too");
        return Err(observed(playback.harness, action, seen, LOGINS_IN_TURN));
    }
    if alice < PAUSE * 9 / 10 {
        let seen = "alice is answered in less than a second";
        return Err(observed(playback.harness, &action, seen, REFUSES_TOO_SOON));
    }
    Ok(playback)
}

/// Bob waits for his own words. The control: does he if no client logs in?
fn waits_for_a_login(playback: Playback, action: &str, bob: Duration) -> Problem {
    let begun = Instant::now();
    let playback = match run(playback, &turns("bob says and now")) {
        Ok(playback) => playback,
        Err(problem) => return problem,
    };
    let without = playback.harness.clients[BOB].received_at;
    let without = without.saturating_duration_since(begun);
    let seen = format!(
        "bob waits {} ms for his own words, and {} when nobody tries a key",
        bob.as_millis(),
        without.as_millis()
    );
    if without < bob / 4 {
        return measured(playback.harness, action, seen, WAITS_FOR_A_LOGIN);
    }
    no_answer(playback.harness, action)
}

fn read_what_is_printed(harness: &Harness) -> Result<(), Problem> {
    let output = &harness.output;
    let printed = [&output.stdout[..], &output.stderr[..]].concat();
    if harness.keys.is_in(&printed) {
        let action = "bob registers, and logs in,";
        let seen = "his key appears in the server's output";
        return Err(observed(harness, action, seen, PRINTS_KEYS));
    }
    Ok(())
}
