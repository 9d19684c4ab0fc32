//! Compares a command's output with a template.

/// Whether the lines are the same. `…` matches any text, and the blanks before it.
pub fn matches(actual: &str, expected: &str) -> bool {
    actual.lines().count() == expected.lines().count()
        && actual
            .lines()
            .zip(expected.lines())
            .all(|(actual, expected)| is_like(actual, expected))
}

fn is_like(mut actual: &str, expected: &str) -> bool {
    let Some((start, parts)) = expected.split_once('…') else {
        return actual == expected;
    };
    let Some(rest) = actual.strip_prefix(start.trim_end()) else {
        return false;
    };
    actual = rest;
    for part in parts.split('…') {
        match actual.find(part) {
            Some(at) => actual = &actual[at + part.len()..],
            None => return false,
        }
    }
    actual.is_empty() || expected.ends_with('…')
}

#[test]
fn a_longer_number_takes_the_place_of_blanks() {
    assert!(matches("gets it   1 ms", "gets it   … ms"));
    assert!(matches("gets it  12 ms", "gets it   … ms"));
    assert!(!matches("gets one 12 ms", "gets it   … ms"));
}
