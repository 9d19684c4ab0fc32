//! Step 11: accounts survive a killed server.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::causes::{KEPT_LATE, KEYS_ALIKE, KEYS_IN_THE_FILE, NO_MEMORY_NOTICE, NOT_KEPT};
use super::damage;
use super::files::{Folder, SameFile, log_in, register, with_file};
use super::finding::{Ending, Finding, Observation, Problem, failed, observed, passed};
use super::killed::next_server;
use super::room::room;
use super::scene::{Scene, Script::Code, Script::Servers};
use super::two_servers::with_redis;
use crate::check::failure::Stopped;
use crate::error::CouldNotTry;
use crate::model::contract::LEDGER;
use crate::model::verdict::Verdict;
use crate::runner::events::Observer;
use crate::runner::harness::{Harness, Keys};
use crate::server::program::Ready;

pub const SCENES: &[Scene] = &[
    Scene::new("the server is killed", 0).script(Servers(outlives_its_server)),
    Scene::new("half a line at the end of the file", 0)
        .takes_long()
        .script(Servers(|ready, patience, observer| {
            unless_redis(damage::half_a_line, ready, patience, observer)
        })),
    Scene::new("damage in the middle of the file", 0)
        .takes_long()
        .script(Servers(|ready, patience, observer| {
            unless_redis(damage::in_the_middle, ready, patience, observer)
        })),
    Scene::new("a second server with the same file", 0)
        .takes_long()
        .script(Servers(|ready, patience, observer| {
            unless_redis(damage::a_second_server, ready, patience, observer)
        })),
    Scene::new("nobody waits for the disk", 0).script(Servers(|ready, patience, observer| {
        unless_redis(damage::slow_disk, ready, patience, observer)
    })),
    Scene::new("a server without a file", 0).script(Code(says_what_it_keeps)),
];

/// A scene on a program that takes a file. One that has become step 12 takes a Redis there.
fn unless_redis(
    scene: fn(&Ready, Duration, &mut dyn Observer) -> Finding,
    ready: &Ready,
    patience: Duration,
    observer: &mut dyn Observer,
) -> Finding {
    let finding = scene(ready, patience, observer);
    match &finding {
        Err(Problem::Stopped(Stopped::Failed(failure)))
            if failure.has_ended() && with_redis(ready, patience).is_some() =>
        {
            Ok(Ending::LeftOut(TAKES_A_REDIS))
        }
        _ => finding,
    }
}

const TAKES_A_REDIS: &str =
    "your program takes a Redis where check 11 gives it a file: see check 12";

/// What must be printed, whatever keeps accounts otherwise: a file, or what step 12 takes.
const KEPT_IN_MEMORY: &str = "Accounts are kept in memory: ";

/// A server with a file is killed right after its answer. The next one must know the account.
fn outlives_its_server(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let folder = Folder::new("accounts");
    let with_file = |name: &str| with_file(ready, &folder.0.join(name));
    let (Some(ready_with_file), Some(with_other)) = (with_file("accounts"), with_file("other"))
    else {
        return Ok(Ending::LeftOut(
            "your command has no {file} among its arguments",
        ));
    };
    let mut servers = SameFile {
        ready: ready_with_file,
        patience,
        observer,
    };
    let mut keys = Keys::default();
    let names = ["Alice", "Bob", "Carol"];
    for (at, name) in names.iter().enumerate() {
        let mut harness = servers.open(&keys)?;
        let registered = register(&mut harness, name);
        harness.finish();
        keys = harness.keys.clone();
        if let Err(problem) = registered {
            drop(harness);
            return without_account(problem, ready, patience, servers.observer);
        }
        find_keys_in(&folder.0, &harness)?;
        find_similar_keys(&harness)?;
        drop(harness);
        log_in_at_the_next(&mut servers, &keys, &names[..=at])?;
    }
    servers.ready = with_other;
    make_another_key(&mut servers, &keys)?;
    Ok(passed(
        "alice registers, the server is killed; the next one knows her key",
    ))
}

/// A program that has become step 12 ends at once with a file, and serves with a Redis. One that is
/// step 10 still takes no file: its accounts end with it.
fn without_account(
    problem: Problem,
    ready: &Ready,
    patience: Duration,
    observer: &mut dyn Observer,
) -> Finding {
    let has_ended =
        matches!(&problem, Problem::Stopped(Stopped::Failed(failure)) if failure.has_ended());
    if !has_ended {
        return Err(problem);
    }
    if with_redis(ready, patience).is_some() {
        return Ok(Ending::LeftOut(TAKES_A_REDIS));
    }
    match next_server(ready, patience, observer) {
        Err(free @ Problem::Observed(_)) => Err(free),
        _ => Err(problem),
    }
}

fn says_what_it_keeps(harness: &mut Harness) -> Finding {
    let says = |harness: &Harness| harness.output.stdout_has_line_with(KEPT_IN_MEMORY);
    let playback = room(harness, LEDGER, 1, 1)?;
    let deadline = Instant::now() + playback.harness.patience;
    if !playback.harness.server.is_shared() && !playback.harness.wait_for(deadline, says) {
        let action = "the server starts without a file,";
        let seen = "it does not print that accounts are kept only in memory";
        return Err(observed(playback.harness, action, seen, NO_MEMORY_NOTICE));
    }
    Ok(passed(
        "without a file, the server says that accounts are kept in memory only",
    ))
}

fn find_keys_in(folder: &Path, harness: &Harness) -> Result<(), Problem> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut texts = files.filter_map(|file| fs::read(file.path()).ok());
    if !texts.any(|text| harness.keys.is_in(&text)) {
        return Ok(());
    }
    let seen = "the file holds her key in plain text";
    Err(observed(
        harness,
        "alice registers,",
        seen,
        KEYS_IN_THE_FILE,
    ))
}

/// A client with one of two similar keys may guess the other.
pub fn find_similar_keys(harness: &Harness) -> Result<(), Problem> {
    let Some((one, other)) = harness.keys.similar_pair() else {
        return Ok(());
    };
    let action = format!("{one} registers, then {other} does:");
    let seen = "their keys begin or end with the same digits";
    Err(observed(harness, &action, seen, KEYS_ALIKE))
}

/// A server without accounts makes another key for alice.
fn make_another_key(servers: &mut SameFile, keys: &Keys) -> Result<(), Problem> {
    let mut harness = servers.open(&Keys::default())?;
    register(&mut harness, "Alice")?;
    if !keys.agree_on("Alice", &harness.keys) {
        return Ok(());
    }
    let action = "alice registers at two servers,";
    Err(observed(
        &harness,
        action,
        "both make the same key for her",
        KEYS_ALIKE,
    ))
}

/// The next server with the same file must know the newest account and the oldest. The control:
/// would it, with more time?
fn log_in_at_the_next(servers: &mut SameFile, keys: &Keys, names: &[&str]) -> Result<(), Problem> {
    let mut harness = servers.open(keys)?;
    let Some(lost) = log_in(&mut harness, names)? else {
        return Ok(());
    };
    let action = "the server was killed just after it answered alice's /register; she logs in at \
                  the next,";
    let seen = "the answer is that name or key is wrong".to_string();
    let verdict = Verdict::Found {
        seen: seen.clone(),
        advice: NOT_KEPT,
    };
    let failure = failed(&harness, action, verdict);
    drop(harness);
    let is_newest = names.last() == Some(&lost);
    let control = Some(is_kept_after_a_while(servers, keys)? && is_newest);
    Err(Observation {
        failure,
        seen,
        advice: KEPT_LATE,
        control,
    }
    .into())
}

/// Whether the next server knows an account if this one is not killed at once.
fn is_kept_after_a_while(servers: &mut SameFile, keys: &Keys) -> Result<bool, CouldNotTry> {
    let mut harness = servers.open(keys)?;
    let registered = register(&mut harness, "Dave");
    harness.wait_until(Instant::now() + Duration::from_secs(1));
    harness.finish();
    let keys = harness.keys.clone();
    drop(harness);
    let is_known = matches!(log_in(&mut servers.open(&keys)?, &["Dave"]), Ok(None));
    Ok(registered.is_ok() && is_known)
}
