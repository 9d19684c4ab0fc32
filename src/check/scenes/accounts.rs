//! Step 7: names with a key. How long an answer takes, and what is left when the server is killed, cannot be said in turns.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, mem, process};

use super::Scene;
use super::stalled::{Playing, advice_of, found};
use crate::check::failure::{Failure, Outcome, Tried};
use crate::error::CouldNotTry;
use crate::model::contract::{ACCOUNTS, key_of};
use crate::model::matching::{first_line, lines};
use crate::model::session::{ALICE, BOB, CAROL, Turn, a_room_of, at_once, connects, leaves, says};
use crate::model::verdict::Verdict;
use crate::runner::events::{EventKind, NoObserver, Observer};
use crate::runner::harness::{Harness, Keys};
use crate::runner::playback::Playback;
use crate::server::Server;
use crate::server::program::Ready;
use crate::server::redis::Redis;

/// How long after alice's try bob speaks.
const MEANWHILE: Duration = Duration::from_millis(50);

/// How long the news that somebody has come may take, from one server to the other.
const COMES: Duration = Duration::from_millis(300);

/// What step 7 does not do yet. No check asks for it: there is no step that does.
pub const TWO_SERVERS: Scene = Scene::servers("two servers", two_servers)
    .drawn(&["alice", "bob"])
    .finding(
        "Two servers are one room",
        "its room ends there",
        "Two servers are two rooms",
    );

/// A wrong key's answer takes a second. A clock may be a little off.
const PAUSE: Duration = Duration::from_millis(900);
/// So long alice listens for what is said elsewhere.
const LISTENS: Duration = Duration::from_secs(1);
/// What must be said, whatever keeps them otherwise: a file, or what step 8 takes.
const KEPT_IN_MEMORY: &str = "Accounts are kept in memory: ";
/// Nobody else is to notice it.
/// Two pauses, one after the other, take longer.
const IN_TURN: Duration = Duration::from_millis(1800);
const AT_ONCE: Duration = Duration::from_millis(500);

fn room<'s, 'a>(stage: &'s mut Harness<'a>, people: usize, most: usize) -> Playing<'s, 'a> {
    let play = Playback::begin(stage, ACCOUNTS, &[connects(most - 1)]);
    plays(play, &a_room_of(people))
}

fn plays<'s, 'a>(mut play: Playback<'s, 'a>, turns: &[Turn]) -> Playing<'s, 'a> {
    if play.run_until_wrong(turns) {
        Ok(play)
    } else {
        Err(Failure::of(play))
    }
}

/// Alice has left, and somebody takes her name. Where there are no accounts, nobody can tell the difference.
pub fn impostor(stage: &mut Harness) -> Outcome {
    let mut play = room(stage, 2, 3)?;
    let (mallory, before) = (CAROL, play.contract.clone());
    play.harness.names[mallory] = "mallory";
    if !play.turn(&says(ALICE, "/register Alice")) && !knows_no_accounts(&play) {
        return Ok(()); // What is wrong, the next scene finds out.
    }
    let has_accounts = play.divergence.is_none();
    if !has_accounts {
        play.contract = before;
        play.contract.step = ACCOUNTS - 1;
        play.divergence = None;
        play = plays(play, &[says(ALICE, "/nick Alice")])?;
    }
    play = plays(play, &[leaves(ALICE), connects(mallory)])?;
    if has_accounts {
        // If mallory gets it, the next scene finds out why.
        if play.turn(&says(mallory, "/nick Alice")) {
            let passed =
                "alice registers her name, and leaves; mallory asks for it, and does not get it";
            play.harness.observer.passed(passed, None);
        }
        return Ok(());
    }
    play.harness.display.expects.instead = Some("a refusal: it is Alice's name");
    play = plays(play, &[says(mallory, "/nick Alice")])?;
    play.harness.display.expects.instead = Some("not as Alice");
    play = plays(play, &[says(mallory, "I am back. The key?")])?;
    play.harness.display.expects.instead = None;
    Err(found(
        &play,
        "mallory asks for the key",
        "is taken for Alice",
        (
            "your server gives a name to the first who asks: anybody can be Alice.",
            "what makes a name somebody's own: a key, which nobody else has.",
        ),
    ))
}

fn knows_no_accounts(play: &Playback) -> bool {
    let heard = play.recording.turns.last().map(|turn| &turn.heard[ALICE]);
    heard.is_some_and(|heard| first_line(heard).starts_with(b"Unknown command"))
}

/// Who tries a wrong key waits a second, and nobody else does. And nobody reads a key in what the server prints.
pub fn takes_time(stage: &mut Harness) -> Outcome {
    let mut play = room(stage, 3, 3)?;
    play = plays(
        play,
        &[says(BOB, "/register Bob"), says(ALICE, "/register Alice")],
    )?;
    if let Some(failure) = of_keys_alike(&play) {
        return Err(failure);
    }
    let login = format!("/login Bob {}", key_of("Bob"));
    play = plays(play, &[says(BOB, &login)])?;
    play.options.delay_between_acts = MEANWHILE; // Alice's try is under way when bob speaks.
    for (name, what) in [("Nobody", "name"), ("Bob", "key")] {
        let tries = |who, name| says(who, &format!("/login {name} {}", "0".repeat(32)));
        let begun = Instant::now();
        let all = [
            tries(ALICE, name),
            tries(CAROL, "Carl"),
            says(BOB, "meanwhile"),
        ];
        play = plays(play, &[at_once(all)])?;
        let took = |who: usize| {
            play.harness.clients[who]
                .heard_at
                .saturating_duration_since(begun)
        };
        let did = format!("alice tries a wrong {what} while bob talks,");
        if took(BOB) > AT_ONCE {
            let causes = (
                "your server makes others wait while somebody tries a key.",
                "who waits: the thread of the client that asks, with no lock held, and not the room.",
            );
            return Err(found(&play, &did, "bob waits for his own words", causes));
        }
        if took(CAROL).max(took(ALICE)) > IN_TURN {
            let last = if took(CAROL) > took(ALICE) {
                "carol"
            } else {
                "alice"
            };
            let seen = format!("{last} waits for the other's pause, too");
            let did = "alice tries one name and carol another,";
            let causes = (
                "your server lets all who try a key wait for one another.",
                "what is locked during the pause: nothing. Tries at different names have nothing to do with each other.",
            );
            return Err(found(&play, did, &seen, causes));
        }
        if took(ALICE) < PAUSE {
            let seen = "alice is answered in less than a second";
            let causes = (
                "your server answers too soon that a name or a key is wrong: the shorter the pause, the more tries a second.",
                "what happens before the answer: a pause of a second, for a wrong name as for a wrong key.",
            );
            return Err(found(&play, &did, seen, causes));
        }
    }
    let passed = "alice tries a wrong name, then a wrong key: each takes a second, carol's tries too, and bob talks on";
    play.harness.observer.passed(passed, None);
    play.harness.wait_until_idle();
    if !play.harness.server.is_shared() && !play.harness.output.stdout_has_line_with(KEPT_IN_MEMORY)
    {
        return Err(found(
            &play,
            "the server starts without a file,",
            "it does not say that accounts are kept in memory only",
            (
                "your server does not say that its accounts end with it.",
                "the second line on stdout: Accounts are kept in memory: name a file to keep them.",
            ),
        ));
    }
    let printed = [
        &play.harness.output.stdout[..],
        &play.harness.output.stderr[..],
    ]
    .concat();
    if play.harness.keys.is_in(&printed) {
        return Err(found(
            &play,
            "bob registers, and logs in,",
            "his key stands in what the server prints",
            (
                "your server prints keys: anybody who reads its log has them.",
                "what is printed when somebody registers or logs in: the name at most.",
            ),
        ));
    }
    Ok(())
}

const ALIKE: (&str, &str) = (
    "your server makes keys that are alike: a client that has one can guess another.",
    "where keys come from: 128 random bits for each, from the operating system; no counter, no clock, no name, no fixed start.",
);

/// A client with one of two keys that are alike may find the other.
fn of_keys_alike(play: &Playback) -> Option<Box<Failure>> {
    let (one, other) = play.harness.keys.two_alike()?;
    let did = format!("{one} registers, then {other} does:");
    Some(found(
        play,
        &did,
        "their keys begin or end with the same digits",
        ALIKE,
    ))
}

/// A folder for a file, which goes when the scene is over.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let folder = env::temp_dir().join(format!("workshop-accounts-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        let _ = fs::create_dir_all(&folder);
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server with a file is killed as soon as it has answered. The next one knows the account.
pub fn outlives_its_server(
    ready: &Ready,
    patience: Duration,
    audience: &mut dyn Observer,
) -> Tried {
    let folder = Folder::new();
    let file = folder.0.join("accounts");
    let with_file = match ready {
        Ready::Executable(executable) => executable.with_file(&file),
        Ready::Running(_) => None,
    };
    let Some(with_file) = with_file.map(Ready::Executable) else {
        audience.skipped("your command has no {file} among its arguments");
        return Ok(());
    };
    let mut keys = Keys::default();
    let mut names: Vec<&str> = Vec::new();
    for name in ["Alice", "Bob", "Carol"] {
        let mut stage = Harness::open(&with_file, patience, audience)?;
        stage.keys = keys;
        let mut outcome = registers(&mut stage, name);
        let has_ended = outcome.as_ref().is_err_and(|failure| failure.has_ended());
        stage.finish();
        keys = stage.keys.clone();
        let files = fs::read_dir(&folder.0).into_iter().flatten().flatten();
        let mut texts = files.filter_map(|file| fs::read(file.path()).ok());
        if outcome.is_ok() && texts.any(|text| keys.is_in(&text)) {
            let play = Playback::begin(&mut stage, ACCOUNTS, &[]);
            outcome = Err(found(
                &play,
                "alice registers,",
                "her key stands in the file as it is",
                (
                    "your server keeps the keys themselves: anybody who reads the file has them.",
                    "what is written: the SHA-256 of a key. The key itself goes to its owner, and nowhere else.",
                ),
            ));
        }
        if outcome.is_ok() {
            outcome =
                of_keys_alike(&Playback::begin(&mut stage, ACCOUNTS, &[])).map_or(Ok(()), Err);
        }
        drop(stage);
        if has_ended && with_redis(ready, patience).is_some() {
            audience
                .skipped("your program takes a Redis where check 7 gives it a file: see check 8");
            return Ok(());
        }
        names.push(name);
        outcome?;
        is_known_to_the_next(&with_file, patience, audience, &keys, &names)?;
    }
    let other = folder.0.join("other");
    makes_another_key(ready, &other, patience, audience, &keys)?;
    let passed = "alice registers, the server is killed; the next one knows her key";
    audience.passed(passed, None);
    Ok(())
}

/// A server that knows of no accounts makes alice another key.
fn makes_another_key(
    ready: &Ready,
    file: &Path,
    patience: Duration,
    audience: &mut dyn Observer,
    keys: &Keys,
) -> Tried {
    let other = match ready {
        Ready::Executable(executable) => executable.with_file(file),
        Ready::Running(_) => None,
    };
    let Some(other) = other.map(Ready::Executable) else {
        return Ok(());
    };
    let mut stage = Harness::open(&other, patience, audience)?;
    let outcome = registers(&mut stage, "Alice");
    if outcome.is_ok() && keys.agree_on("Alice", &stage.keys) {
        let play = Playback::begin(&mut stage, ACCOUNTS, &[]);
        let seen = "both make the same key for her";
        return Err(found(&play, "alice registers at two servers,", seen, ALIKE).into());
    }
    Ok(outcome?)
}

/// A program that has become step 8 ends at once with a file, and serves with a Redis. None if it does not, or there is
/// no Redis on this machine.
fn with_redis(ready: &Ready, patience: Duration) -> Option<(Redis, Ready)> {
    let Ready::Executable(executable) = ready else {
        return None;
    };
    if !executable.may_take_redis() {
        return None;
    }
    let redis = Redis::start().ok()?;
    let ready = Ready::Executable(executable.with_redis(redis.address)?);
    let serves = Harness::open(&ready, patience, &mut NoObserver)
        .is_ok_and(|mut stage| room(&mut stage, 1, 1).is_ok());
    serves.then_some((redis, ready))
}

fn registers(stage: &mut Harness, name: &str) -> Outcome {
    let play = room(stage, 1, 1)?;
    plays(play, &[says(ALICE, &format!("/register {name}"))]).map(|_| ())
}

/// The next server, with the same file, knows the newest account and the oldest. If not: would it, with more time?
fn is_known_to_the_next(
    ready: &Ready,
    patience: Duration,
    audience: &mut dyn Observer,
    keys: &Keys,
    names: &[&str],
) -> Tried {
    let mut stage = Harness::open(ready, patience, audience)?;
    stage.keys = keys.clone();
    let (lost, mut failed) = match logs_in(&mut stage, names) {
        Ok(None) => return Ok(()),
        Ok(Some(lost)) => (
            lost,
            found(
                &Playback::begin(&mut stage, ACCOUNTS, &[]),
                "the server was killed just after it had answered alice's /register; she logs in at the next,",
                "she is told that name or key is wrong",
                NOT_KEPT,
            ),
        ),
        Err(failure) => return Err(failure.into()),
    };
    drop(stage);
    let mut stage = Harness::open(ready, patience, audience)?;
    let registered = registers(&mut stage, "Dave");
    stage.wait_until(Instant::now() + LISTENS);
    stage.finish();
    let keys = stage.keys.clone();
    drop(stage);
    let mut stage = Harness::open(ready, patience, audience)?;
    stage.keys = keys;
    let is_kept = matches!(logs_in(&mut stage, &["Dave"]), Ok(None));
    let is_late = lost == names[names.len() - 1] && registered.is_ok() && is_kept;
    if let Verdict::Found { advice, .. } = &mut failed.verdict {
        if is_late {
            *advice = advice_of(KEPT_LATE);
        }
    }
    Err(failed.into())
}

const NOT_KEPT: (&str, &str) = (
    "your server does not find in its file what was registered.",
    "what it writes, when it is on the disk, and what it makes of the file when it starts: all accounts, the first ones too.",
);
const KEPT_LATE: (&str, &str) = (
    "your server answers before the account is kept.",
    "the order: first write it to the file and sync that, then answer.",
);

/// Alice logs in with the last of these names and with the first, and is refused that one in other ways. Returns a name
/// that she cannot log in with.
fn logs_in<'n>(stage: &mut Harness, names: &[&'n str]) -> Result<Option<&'n str>, Box<Failure>> {
    let mut play = room(stage, 1, 1)?;
    for name in names {
        play.contract.add_account(name);
    }
    for name in [names[names.len() - 1], names[0]] {
        if !play.turn(&says(ALICE, &format!("/login {name} {}", key_of(name)))) {
            let heard = play
                .recording
                .turns
                .last()
                .map(|turn| turn.heard[ALICE].clone());
            let is_wrong = |line: &[u8]| line == b"Wrong name or key.\n";
            if lines(&heard.unwrap_or_default()).any(is_wrong) {
                return Ok(Some(name));
            }
            return Err(Failure::of(play));
        }
        if names.len() == 1 {
            break; // A second try at the same name would have to wait.
        }
    }
    let asks = ["/nick", "/register"]
        .map(|word| says(ALICE, &format!("{word} {}", names[0].to_lowercase())));
    plays(play, &asks).map(|_| None)
}

/// Alice talks at one server, bob at another: two servers are two rooms.
fn two_servers(ready: &Ready, patience: Duration, audience: &mut dyn Observer) -> Tried {
    let with_redis = match ready {
        Ready::Executable(executable) if executable.names_redis() => {
            let redis = Redis::start().map_err(CouldNotTry)?;
            let executable = executable.with_redis(redis.address);
            executable.map(|executable| (redis, Ready::Executable(executable)))
        }
        _ => with_redis(ready, patience),
    };
    let ready = with_redis.as_ref().map_or(ready, |(_, ready)| ready);
    let mut stage = Harness::open(ready, patience, audience)?;
    stage.record_for_display();
    stage.display.sampler.is_on = false; // Of two servers, whose threads?
    let mut play = Playback::begin(&mut stage, ACCOUNTS, &[connects(BOB)]);
    if !play.run_until_wrong(&a_room_of(1)) {
        return Err(Failure::of(play).into());
    }
    let mut second = Server::start(ready, |_| true)?;
    mem::swap(&mut play.harness.server, &mut second);
    play.harness.note(BOB, "goes to the second server");
    play.harness.display.expects.is_on = false; // No contract is played from here on.
    if play.harness.connect(BOB).is_err() {
        return Err(Failure::of(play).into());
    }
    let told = |stage: &Harness| !stage.clients[ALICE].unread.is_empty();
    let deadline = Instant::now() + COMES;
    play.harness.wait_for(deadline, told); // Where the two are one room, she hears that he comes.
    play.harness.send(BOB, b"Alice?\n");
    let is_it = |line: &[u8]| line.ends_with(b" says: Alice?\n");
    let heard = |stage: &Harness, who: usize| lines(&stage.clients[who].unread).any(is_it);
    let deadline = Instant::now() + LISTENS;
    if play.harness.wait_for(deadline, |stage| heard(stage, ALICE)) {
        play.harness.wait_for(deadline, |stage| heard(stage, BOB)); // For the picture.
        return Ok(()); // The two are one, or share their room.
    }
    let nothing = EventKind::HeardNothing(LISTENS);
    let expected = Some("{bob} says: Alice?".to_string());
    let stage = &mut *play.harness;
    stage.record_expecting(Instant::now(), Some(ALICE), nothing, expected);
    Err(found(
        &play,
        "bob talks at a second server",
        "alice hears nothing for 1 s",
        (
            "your server is one process, and its room ends there.",
            "what two servers share: nothing yet.",
        ),
    )
    .into())
}
