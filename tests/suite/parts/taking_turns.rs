//! Tries at a name take turns.

use std::time::{Duration, Instant};

use super::turns::{TURN, Turns};

#[test]
fn tries_at_one_name_are_a_second_apart_and_others_do_not_wait() {
    let (turns, now) = (Turns::default(), Instant::now());
    let alices: Vec<Instant> = (0..10).map(|_| turns.next("Alice").unwrap()).collect();
    assert!(alices[0] < now + TURN / 2);
    for pair in alices.windows(2) {
        assert_eq!(pair[1], pair[0] + TURN);
    }
    assert_eq!(
        turns.next("aLICE"),
        Some(alices[9] + TURN),
        "letter case aside"
    );
    assert_eq!(turns.next("ALICE"), None, "no more than ten may wait");
    assert!(turns.next("Bob").unwrap() < now + Duration::from_millis(500));
}
