//! Step 9: few threads are woken, and nobody waits for those that stop reading.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use super::causes::{WAITS_FOR_EACH_FULL_SOCKET, WAKES_FOR_EACH};
use super::finding::{Ending, Finding, Problem, measured, passed};
use super::load::{Talker, empty_room, no_answer, type_while};
use super::scene::{Scene, Script::Code};
use crate::model::contract::NAMES;
use crate::runner::harness::Harness;

pub const SCENES: &[Scene] = &[
    Scene::new("few are woken", 0).script(Code(few_are_woken)),
    Scene::new("twenty stop reading", 0).script(Code(twenty_stop)),
];

/// Many, and few as the control, are in the room while one client sends so many lines.
const MANY: usize = 50;
const FEW: usize = 5;
const LINES: usize = 200;

/// How often threads are woken for each line that goes to each client: that is what a client more
/// costs.
fn few_are_woken(harness: &mut Harness) -> Finding {
    empty_room(harness, NAMES)?;
    if harness.wake_ups().is_none() {
        return Ok(Ending::LeftOut(
            "this system does not say how often a server's threads are woken",
        ));
    }
    let mut all = join_all(harness, FEW)?;
    let few = wake_ups(harness, &mut all)?;
    all.extend(join_all(harness, MANY - FEW)?);
    let many = wake_ups(harness, &mut all)?;
    let deliveries = ((MANY - FEW) * LINES) as u64;
    if many.saturating_sub(few) * 2 < deliveries {
        return Ok(passed(format!(
            "one of {MANY} says {LINES} lines: the server's threads are woken {many} times for \
             {} deliveries",
            MANY * LINES
        )));
    }
    let action = format!("one of {MANY} says {LINES} lines,");
    let seen = format!(
        "the server's threads are woken {many} times for {} deliveries; with {FEW} in the room, \
         {few} times",
        MANY * LINES
    );
    Err(measured(harness, &action, seen, WAKES_FOR_EACH))
}

fn join_all(harness: &mut Harness, number: usize) -> Result<Vec<Talker>, Problem> {
    let all = (1..=number).map(|number| Talker::join(harness, &format!("client {number}")));
    all.collect()
}

/// How often the server's threads are woken while one says lines. It says the next only when all
/// have received the last: on a busy machine, too, each is a delivery of its own.
fn wake_ups(harness: &mut Harness, all: &mut [Talker]) -> Result<u64, Problem> {
    let count = |harness: &Harness| harness.wake_ups();
    let before = count(harness).unwrap_or_default();
    for line in 0..LINES {
        all[0].send(&format!("line {line}\n"));
        let last = format!(" says: line {line}\n").into_bytes();
        let deadline = Instant::now() + harness.patience;
        let mut receive = |one: &mut Talker| one.read_until(deadline, |line| line.ends_with(&last));
        if !all.iter_mut().all(&mut receive) {
            return Err(no_answer(harness, "one of many says a line, another"));
        }
    }
    Ok(count(harness).unwrap_or_default().saturating_sub(before))
}

/// How many stop reading at the same moment, and how long nobody waits for them.
const TWENTY: usize = 20;
const WAIT: Duration = Duration::from_secs(1);
const FLOOD: Duration = Duration::from_millis(1500);
/// On a busy machine one long wait is no evidence.
const TRIES: usize = 3;

/// Bob talks, so that the sockets of all who read nothing fill. Alice types.
fn twenty_stop(harness: &mut Harness) -> Finding {
    empty_room(harness, NAMES)?;
    let mut alice = Talker::join(harness, "alice")?;
    let before = longest_wait(harness, &mut alice)?;
    let mut longest = Duration::ZERO;
    for _ in 0..TRIES {
        let stalled = join_all(harness, TWENTY)?;
        longest = longest_wait(harness, &mut alice)?;
        stalled.iter().for_each(Talker::hang_up);
        if longest < WAIT.max(before * 4) {
            return Ok(passed(format!(
                "bob talks, and {TWENTY} stop reading at the same moment: alice, who types, waits \
                 no second for them"
            )));
        }
    }
    let action = format!("bob talks, and {TWENTY} stop reading at the same moment,");
    let seen = format!(
        "alice, who types, waits up to {} ms, and {} without them",
        longest.as_millis(),
        before.as_millis()
    );
    Err(measured(harness, &action, seen, WAITS_FOR_EACH_FULL_SOCKET))
}

/// The longest that alice waits for her words while bob talks without a pause.
fn longest_wait(harness: &mut Harness, alice: &mut Talker) -> Result<Duration, Problem> {
    let bob = Talker::join(harness, "bob")?;
    let (goes_on, patience) = (AtomicBool::new(true), harness.patience);
    let text = format!("{:01000}\n", 0).repeat(16);
    let typed = thread::scope(|scope| {
        scope.spawn(|| bob.flood(&text));
        scope.spawn(|| bob.drain());
        let typist = scope.spawn(|| type_while(alice, &goes_on, patience, |_| ()));
        harness.wait_until(Instant::now() + FLOOD);
        goes_on.store(false, SeqCst);
        let typed = typist.join().expect("a typist");
        bob.hang_up();
        typed
    });
    Ok(typed.longest())
}
