//! What step 10 does not do yet: keep what was registered when the server is killed.

use std::path::Path;
use std::time::{Duration, Instant};

use super::causes::ENDS_WITH_THE_SERVER;
use super::files::{Folder, with_file};
use super::finding::{Finding, failed, observed, passed};
use super::room::{room, run};
use super::scene::{Scene, Script};
use super::two_servers::with_redis;
use crate::model::contract::{ACCOUNTS, ClientId};
use crate::model::matching::lines;
use crate::model::session::{ALICE, BOB, says};
use crate::model::verdict::Verdict;
use crate::runner::events::{EventKind, NoObserver, Observer};
use crate::runner::harness::Harness;
use crate::server::Server;
use crate::server::program::Ready;

/// For the picture only: a server that keeps accounts has to keep more than one.
pub const KILLED: Scene = Scene::new("the server is killed", 0)
    .draw(
        &["alice", "mallory"],
        "The server is killed, and Alice's name is still hers",
        (
            ENDS_WITH_THE_SERVER.id,
            "The server is killed, and Alice's name is free",
        ),
    )
    .script(Script::Servers(killed));

const MALLORY: ClientId = BOB;

fn killed(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let folder = Folder::new("killed");
    match with_file(ready, &folder.0.join("accounts")) {
        Some(with_file) if serves(&with_file, patience, &folder.0.join("accounts")) => {
            next_server(&with_file, patience, observer)
        }
        _ => match with_redis(ready, patience) {
            Some((_redis, ready)) => next_server(&ready, patience, observer),
            None => next_server(ready, patience, observer),
        },
    }
}

/// Whether it runs with a file. That goes again.
fn serves(ready: &Ready, patience: Duration, file: &Path) -> bool {
    let serves = Harness::open(ready, patience, &mut NoObserver)
        .is_ok_and(|mut harness| room(&mut harness, ACCOUNTS, 1, 1).is_ok());
    let _ = std::fs::remove_file(file);
    serves
}

/// Alice registers her name, and the server is killed. Mallory asks the next one for that name.
pub fn next_server(ready: &Ready, patience: Duration, observer: &mut dyn Observer) -> Finding {
    let mut harness = Harness::open(ready, patience, observer)?;
    harness.record_for_display();
    harness.display.sampler.is_on = false; // Of two servers, whose threads?
    harness.names[MALLORY] = "mallory";
    let playback = room(&mut harness, ACCOUNTS, 1, 2)?;
    let playback = run(playback, &[says(ALICE, "/register Alice")])?;
    let (harness, deadline) = (playback.harness, Instant::now() + patience);
    harness.server.stop();
    let killed = EventKind::Exited("killed".to_string());
    harness.record(Instant::now(), None, killed);
    harness.wait_for(deadline, |harness| harness.clients[ALICE].end.is_some());
    harness.note(MALLORY, "goes to the next server");
    harness.server = Server::start(ready, |_| true)?;
    if harness.connect(MALLORY).is_err() {
        let action = "mallory goes to the next server";
        return Err(failed(harness, action, Verdict::Refused).into());
    }
    let refusal = harness.masked(b"That name is registered: /login Alice KEY.\n");
    harness.display.expects.lines = vec![Vec::new(), vec![refusal]];
    harness.send(MALLORY, b"/nick Alice\n");
    let has_answer = |harness: &Harness| !harness.clients[MALLORY].unread.is_empty();
    harness.wait_for(Instant::now() + patience, has_answer);
    let is_granted = |line: &[u8]| line.ends_with(b" is now Alice\n");
    if lines(&harness.clients[MALLORY].unread).any(is_granted) {
        let action = "the server is killed; mallory asks the next one for alice's name";
        return Err(observed(harness, action, "gets it", ENDS_WITH_THE_SERVER));
    }
    Ok(passed(
        "alice registers, the server is killed; the next one does not give her name away",
    ))
}
