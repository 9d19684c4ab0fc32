//! Step 10: a name with a key.

use std::time::{Duration, Instant};

use super::accounts_at_once::one_owner;
use super::causes::{
    LOGINS_IN_TURN, PRINTS_KEYS, REFUSES_TOO_SOON, TO_THE_FIRST, WAITS_FOR_A_LOGIN,
};
use super::finding::{Finding, Playing, Problem, measured, observed, passed};
use super::ledger::find_keys_alike;
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

/// A wrong key's answer takes a second.
const PAUSE: Duration = Duration::from_secs(1);

/// Alice has left, and another client takes her name. Where there are no accounts, nobody can tell
/// the difference.
fn impostor(harness: &mut Harness) -> Finding {
    const MALLORY: ClientId = CAROL;
    let mut play = room(harness, ACCOUNTS, 2, 3)?;
    play.harness.names[MALLORY] = "mallory";
    let before = play.contract.clone();
    let comes = [leaves(ALICE), connects(MALLORY)];
    let asks = [says(MALLORY, "/nick Alice")];
    if play.turn(&says(ALICE, "/register Alice")) {
        play = run(play, &comes)?;
        if !play.run_until_wrong(&asks) {
            return Err(Failure::of(play).into());
        }
        return Ok(passed(
            "alice registers her name, and leaves; mallory asks for it, and does not get it",
        ));
    }
    if !knows_no_accounts(&play) {
        return Err(Failure::of(play).into());
    }
    play.contract = before;
    play.contract.step = ACCOUNTS - 1;
    play.divergence = None;
    play = run(play, &[says(ALICE, "/nick Alice")])?;
    play = run(play, &comes)?;
    play.harness.display.expects.instead = Some("a refusal: it is Alice's name");
    play = run(play, &asks)?;
    play.harness.display.expects.instead = Some("not as Alice");
    play = run(play, &[says(MALLORY, "I am back. The key?")])?;
    play.harness.display.expects.instead = None;
    let action = "mallory asks for the key";
    Err(observed(
        play.harness,
        action,
        "is taken for Alice",
        TO_THE_FIRST,
    ))
}

fn knows_no_accounts(play: &Playback) -> bool {
    let received = play.recording.turns.last().map(|turn| &turn.heard[ALICE]);
    received.is_some_and(|received| first_line(received).starts_with(b"Unknown command"))
}

/// A client that tries a wrong key waits a second, and no other does. And nobody reads a key in
/// what the server prints.
fn takes_time(harness: &mut Harness) -> Finding {
    let mut play = room(harness, ACCOUNTS, 3, 3)?;
    play = run(
        play,
        &turns("bob says /register Bob; alice says /register Alice"),
    )?;
    find_keys_alike(play.harness)?;
    play = run(play, &turns("bob says /login Bob {key-of-Bob}"))?;
    // Alice's try is under way when bob speaks.
    play.options.delay_between_acts = Duration::from_millis(50);
    for (name, what) in [("Nobody", "name"), ("Bob", "key")] {
        play = try_a_wrong_key(play, name, what)?;
    }
    play.harness.wait_until_idle();
    read_what_is_printed(play.harness)?;
    Ok(passed(
        "alice tries a wrong name, then a wrong key: each takes a second, carol's tries too, \
         and bob talks on",
    ))
}

/// Alice tries a name and carol another, while bob talks.
fn try_a_wrong_key<'s, 'a>(play: Playback<'s, 'a>, name: &str, what: &str) -> Playing<'s, 'a> {
    const NO_KEY: &str = "{32 0}";
    let begun = Instant::now();
    let all = format!(
        "alice says /login {name} {NO_KEY} & carol says /login Carl {NO_KEY} & bob says meanwhile"
    );
    let play = run(play, &turns(&all))?;
    let answered = |who: ClientId| play.harness.clients[who].heard_at;
    let [alice, bob, carol] =
        [ALICE, BOB, CAROL].map(|who| answered(who).saturating_duration_since(begun));
    let action = format!("alice tries a wrong {what} while bob talks,");
    if bob > PAUSE / 2 {
        return Err(waits_for_a_login(play, &action, bob));
    }
    if carol.max(alice) > PAUSE * 9 / 5 {
        let action = "alice tries one name and carol another,";
        let last = if carol > alice { "carol" } else { "alice" };
        let seen = format!("{last} waits for the other's pause, too");
        return Err(observed(play.harness, action, seen, LOGINS_IN_TURN));
    }
    if alice < PAUSE * 9 / 10 {
        let seen = "alice is answered in less than a second";
        return Err(observed(play.harness, &action, seen, REFUSES_TOO_SOON));
    }
    Ok(play)
}

/// Bob waits for his own words. The control: does he where nobody logs in?
fn waits_for_a_login(play: Playback, action: &str, bob: Duration) -> Problem {
    let begun = Instant::now();
    let play = match run(play, &turns("bob says and now")) {
        Ok(play) => play,
        Err(problem) => return problem,
    };
    let without = play.harness.clients[BOB].heard_at;
    let without = without.saturating_duration_since(begun);
    let seen = format!(
        "bob waits {} ms for his own words, and {} when nobody tries a key",
        bob.as_millis(),
        without.as_millis()
    );
    if without < bob / 4 {
        return measured(play.harness, action, seen, WAITS_FOR_A_LOGIN);
    }
    no_answer(play.harness, action)
}

fn read_what_is_printed(harness: &Harness) -> Result<(), Problem> {
    let output = &harness.output;
    let printed = [&output.stdout[..], &output.stderr[..]].concat();
    if harness.keys.is_in(&printed) {
        let action = "bob registers, and logs in,";
        let seen = "his key stands in what the server prints";
        return Err(observed(harness, action, seen, PRINTS_KEYS));
    }
    Ok(())
}
