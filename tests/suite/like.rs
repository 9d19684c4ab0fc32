//! Comparing what a command prints with what is written of it.

/// Whether the lines are the same; `…` stands for whatever differs from run to run, and for the blanks before it.
pub fn are_alike(said: &str, expected: &str) -> bool {
    said.lines().count() == expected.lines().count()
        && said
            .lines()
            .zip(expected.lines())
            .all(|(said, expected)| is_like(said, expected))
}

fn is_like(mut said: &str, expected: &str) -> bool {
    let Some((start, parts)) = expected.split_once('…') else {
        return said == expected;
    };
    let Some(rest) = said.strip_prefix(start.trim_end()) else {
        return false;
    };
    said = rest;
    for part in parts.split('…') {
        match said.find(part) {
            Some(at) => said = &said[at + part.len()..],
            None => return false,
        }
    }
    said.is_empty() || expected.ends_with('…')
}

#[test]
fn a_longer_number_takes_the_place_of_blanks() {
    assert!(are_alike("gets it   1 ms", "gets it   … ms"));
    assert!(are_alike("gets it  12 ms", "gets it   … ms"));
    assert!(!are_alike("gets one 12 ms", "gets it   … ms"));
}
