//! Step 7: what a client that reads nothing costs while nobody says anything, and how long it is
//! kept when it has half-closed.

use std::time::{Duration, Instant};

use super::causes::{COSTS_TIME_IN_SILENCE, KEEPS_THE_HALF_CLOSED};
use super::finding::{Ending, Finding, measured, observed, passed};
use super::flood::{LONG_LINE, allow_disconnect, flood_until_waiting};
use super::room::run;
use super::stalled::{SOME_WAITING, room_for_two};
use crate::model::contract::ClientId;
use crate::model::session::{CAROL, connects};
use crate::runner::harness::Harness;

/// How many clients read nothing.
const STALLED: usize = 5;
/// How long the server may work for them, of a second in which nobody says anything.
const MOST_WORK: Duration = Duration::from_millis(20);
const A_MOMENT: Duration = Duration::from_millis(500);

/// Some clients read nothing, and something waits for each. Then nobody says anything: there is
/// nothing to do until they read.
pub fn costs_nothing(harness: &mut Harness) -> Finding {
    let all: Vec<ClientId> = (CAROL..CAROL + STALLED).collect();
    let mut playback = room_for_two(harness, CAROL + STALLED)?;
    playback.stalled.extend(&all);
    for who in &all {
        playback = run(playback, &[connects(*who)])?;
        allow_disconnect(&mut playback, *who);
    }
    playback = flood_until_waiting(playback, CAROL, SOME_WAITING)?;
    let with = work_in_silence(playback.harness);
    let Some(work) = with else {
        return Ok(Ending::LeftOut(
            "this system does not say how long a server's threads work",
        ));
    };
    if work > MOST_WORK {
        for who in &all {
            playback.harness.leave(*who);
        }
        let without = work_in_silence(playback.harness).unwrap_or(work);
        if without < work / 4 {
            let action = format!("{STALLED} clients read nothing, nobody says anything,");
            let seen = format!(
                "in a second of silence the server works for {} ms; once they have left, for {}",
                work.as_millis(),
                without.as_millis()
            );
            return Err(measured(
                playback.harness,
                &action,
                seen,
                COSTS_TIME_IN_SILENCE,
            ));
        }
    }
    Ok(passed(format!(
        "{STALLED} clients read nothing, and nobody says anything: they cost no processor time"
    )))
}

/// The processor time that the server takes in a second in which nothing happens.
fn work_in_silence(harness: &mut Harness) -> Option<Duration> {
    harness.wait_until(Instant::now() + A_MOMENT); // What was begun is to come to its end.
    let before = harness.processor_time()?;
    harness.wait_until(Instant::now() + A_MOMENT);
    let after = harness.processor_time()?;
    Some(after.saturating_sub(before) * 2)
}

/// How long a client may take nothing while something waits for it, and some time for the server to
/// do something about it.
const LET_GO: Duration = Duration::from_secs(40);

/// Carol reads nothing and half-closes. After half a minute she is let go, with what waits for her:
/// if she reads then, she receives only what the operating system has kept.
pub fn lets_the_half_closed_go(harness: &mut Harness) -> Finding {
    let mut playback = room_for_two(harness, CAROL + 1)?;
    playback.stalled.push(CAROL);
    playback = run(playback, &[connects(CAROL)])?;
    playback = flood_until_waiting(playback, CAROL, 2 * SOME_WAITING)?;
    playback.harness.half_close(CAROL);
    playback.harness.wait_until(Instant::now() + LET_GO);
    let Some(kept) = playback.harness.bytes_in_transit(CAROL) else {
        return Ok(Ending::LeftOut(
            "this system does not say how much it keeps for a client",
        ));
    };
    playback.harness.clients[CAROL].is_muted = true;
    playback.read_again(CAROL);
    let deadline = Instant::now() + playback.harness.patience;
    playback.harness.wait_until(deadline);
    // What the server itself still had comes on top of what the operating system has kept.
    let received = playback.harness.clients[CAROL].unread.len();
    if received > kept + SOME_WAITING * LONG_LINE / 4 {
        let seconds = LET_GO.as_secs();
        let action = format!("carol reads nothing, half-closes, and after {seconds} s reads,");
        let seen = "she still receives what has waited for her in the server";
        return Err(observed(
            playback.harness,
            &action,
            seen,
            KEEPS_THE_HALF_CLOSED,
        ));
    }
    Ok(passed(
        "carol reads nothing and half-closes: after half a minute she is let go",
    ))
}
