//! Step 1: an echo.

use super::Scene;
use crate::cause::Cause;
use crate::failure::{Failure, Outcome};
use crate::stage::Stage;

pub const SCENES: &[Scene] = &[
    Scene::played("an echo for one client", one_client),
    Scene::played("one client after the other", one_after_the_other),
];

fn one_client(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says_and_gets_back("alice", "hi")
        .map_err(|failure| heard_by_others(s, failure))?;
    s.says_and_gets_back("alice", "how are you?")?;
    s.says_and_gets_back("alice", "so long")
}

/// A chat that tells everybody but the speaker looks like silence to somebody alone.
fn heard_by_others(s: &mut Stage, failure: Box<Failure>) -> Box<Failure> {
    if !failure.is_silence() || s.connects("bob").is_err() {
        return failure;
    }
    s.says("alice", "hello?");
    match s.comes_to_hear("bob", "{alice} says: hello?") {
        Some(_) => failure.shows(
            "then bob came, and heard what alice said",
            Cause::SenderLeftOut,
        ),
        None => failure.because(Cause::AnswersNobody),
    }
}

fn one_after_the_other(s: &mut Stage) -> Outcome {
    s.connects("alice")?;
    s.says_and_gets_back("alice", "hi")?;
    s.leaves("alice");
    comes_and_talks(s, "bob").map_err(|failure| {
        failure
            .after("alice leaves, bob comes")
            .because(Cause::EndsWithClient)
    })?;
    s.tells("alice leaves, bob comes and gets his answer");

    s.connects_deaf("carol")?;
    s.says("carol", "oops");
    s.resets("carol");
    comes_and_talks(s, "dave").map_err(|failure| {
        failure
            .after("carol resets, dave comes")
            .because(Cause::EndsOnReset)
    })?;
    s.tells("carol resets, dave comes and gets his answer");
    Ok(())
}

fn comes_and_talks(s: &mut Stage, name: &'static str) -> Outcome {
    s.quietly(|s| {
        s.connects(name)?;
        s.says_and_gets_back(name, "hello")?;
        s.leaves(name);
        Ok(())
    })
}
