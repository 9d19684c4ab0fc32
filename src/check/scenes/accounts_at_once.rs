//! Step 10: several register one name at the same moment.

use std::collections::HashSet;
use std::thread;
use std::time::Instant;

use super::causes::TWO_OWNERS;
use super::finding::{Finding, measured, passed};
use super::load::{Talker, no_answer};
use super::room::{room, run, turns};
use crate::model::contract::ACCOUNTS;
use crate::runner::harness::Harness;

/// How many names are registered, each by all at the same moment.
const NAMES: usize = 60;
const CLIENTS: usize = 4;

/// Each name is registered for one of them.
pub fn one_owner(harness: &mut Harness) -> Finding {
    // The control: one after the other.
    let playback = room(harness, ACCOUNTS, 2, 2)?;
    let script = "alice says /register Alice; bob says /register Alice; alice leaves; bob leaves";
    run(playback, &turns(script))?;
    let mut all = Vec::new();
    for number in 1..=CLIENTS {
        all.push(Talker::join(harness, &format!("client {number}"))?);
    }
    let text: String = (0..NAMES)
        .map(|number| format!("/register Name{number}\n"))
        .collect();
    let (text, patience) = (&text, harness.patience);
    let registered = thread::scope(|scope| {
        let talkers = all.iter_mut().enumerate().map(|(who, talker)| {
            scope.spawn(move || {
                talker.send(&format!("{text}that is all of {who}\n"));
                let own = format!(" says: that is all of {who}\n").into_bytes();
                let mut registered = Vec::new();
                let deadline = Instant::now() + patience * 5;
                let is_complete = talker.read_until(deadline, |line| {
                    registered.extend(registered_name(line));
                    line.ends_with(&own)
                });
                is_complete.then_some(registered)
            })
        });
        let talkers: Vec<_> = talkers.collect();
        let lists = talkers
            .into_iter()
            .map(|talker| talker.join().ok().flatten());
        lists.collect::<Option<Vec<Vec<String>>>>()
    });
    let Some(registered) = registered else {
        let action = "four register the same names at the same moment, one of them";
        return Err(no_answer(harness, action));
    };
    let mut names = HashSet::new();
    if let Some(twice) = registered
        .concat()
        .into_iter()
        .find(|name| !names.insert(name.clone()))
    {
        let action = "four register the same names at the same moment,";
        let seen = format!("{twice} is registered for two of them");
        return Err(measured(harness, action, seen, TWO_OWNERS));
    }
    Ok(passed(
        "four register the same names at the same moment: each name is registered for one",
    ))
}

/// The name of which a client is told that it is registered.
fn registered_name(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?;
    let (name, _) = line
        .strip_prefix("Registered ")?
        .split_once(". Your key: ")?;
    Some(name.to_ascii_lowercase())
}
