//! What step 11 does not do yet: two servers share their room.

use std::mem;
use std::time::{Duration, Instant};

use super::causes::ONE_PROCESS;
use super::finding::{Finding, differs, observed, passed};
use super::room::room;
use super::scene::{Scene, Script};
use crate::error::CouldNotTry;
use crate::model::contract::{ClientId, LEDGER};
use crate::model::matching::lines;
use crate::model::session::{ALICE, BOB};
use crate::runner::events::{EventKind, NoObserver, Observer};
use crate::runner::harness::Harness;
use crate::server::Server;
use crate::server::program::Ready;
use crate::server::redis::Redis;

/// For the picture only.
pub const TWO_SERVERS: Scene = Scene::new("two servers", 0)
    .draw(
        &["alice", "bob"],
        "Two servers are one room",
        (ONE_PROCESS.id, "Two servers are two rooms"),
    )
    .script(Script::Servers(two_servers));

/// How long the notice that bob has come may take, from one server to the other.
const NOTICE: Duration = Duration::from_millis(300);
/// How long alice waits for what bob says.
const WAIT: Duration = Duration::from_secs(1);

/// Alice talks at one server, bob at another.
fn two_servers(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let with_redis = match ready {
        Ready::Executable(executable) if executable.names_redis() => {
            let redis = Redis::start().map_err(CouldNotTry)?;
            let executable = executable.with_redis(redis.address);
            executable.map(|executable| (redis, Ready::Executable(executable)))
        }
        _ => with_redis(ready, patience),
    };
    let ready = with_redis.as_ref().map_or(ready, |(_, ready)| ready);
    let mut harness = Harness::open(ready, patience, observer)?;
    harness.record_for_display();
    harness.display.sampler.is_on = false; // Of two servers, whose threads?
    let play = room(&mut harness, LEDGER, 1, 2)?;
    let mut second = Server::start(ready, |_| true)?;
    mem::swap(&mut play.harness.server, &mut second);
    play.harness.note(BOB, "goes to the second server");
    play.harness.display.expects.is_on = false; // No contract is played from here on.
    if play.harness.connect(BOB).is_err() {
        return Err(differs(play));
    }
    if is_one_room(play.harness) {
        return Ok(passed("bob talks at a second server, and alice hears him"));
    }
    let nothing = EventKind::HeardNothing(WAIT);
    let expected = Some("{bob} says: Alice?".to_string());
    play.harness
        .record_expecting(Instant::now(), Some(ALICE), nothing, expected);
    let action = "bob talks at a second server";
    Err(observed(
        play.harness,
        action,
        "alice hears nothing for 1 s",
        ONE_PROCESS,
    ))
}

/// Whether alice receives what bob says at the other server.
fn is_one_room(harness: &mut Harness) -> bool {
    let is_told = |harness: &Harness| !harness.clients[ALICE].unread.is_empty();
    harness.wait_for(Instant::now() + NOTICE, is_told); // In one room, she hears that he comes.
    harness.send(BOB, b"Alice?\n");
    let is_it = |line: &[u8]| line.ends_with(b" says: Alice?\n");
    let received =
        |harness: &Harness, who: ClientId| lines(&harness.clients[who].unread).any(is_it);
    let deadline = Instant::now() + WAIT;
    let is_heard = harness.wait_for(deadline, |harness| received(harness, ALICE));
    if is_heard {
        harness.wait_for(deadline, |harness| received(harness, BOB)); // For the picture.
    }
    is_heard
}

/// A program that has become step 12 ends at once with a file, and serves with a Redis. None if it
/// does not, or there is no Redis on this machine.
pub fn with_redis(ready: &Ready, patience: Duration) -> Option<(Redis, Ready)> {
    let Ready::Executable(executable) = ready else {
        return None;
    };
    if !executable.may_take_redis() {
        return None;
    }
    let redis = Redis::start().ok()?;
    let ready = Ready::Executable(executable.with_redis(redis.address)?);
    let serves = Harness::open(&ready, patience, &mut NoObserver)
        .is_ok_and(|mut harness| room(&mut harness, LEDGER, 1, 1).is_ok());
    serves.then_some((redis, ready))
}
