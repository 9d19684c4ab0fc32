//! Comparing what a command prints with what is written of it.

/// Whether the lines are the same; `…` stands for whatever differs from run to run.
pub fn are_alike(said: &str, expected: &str) -> bool {
    said.lines().count() == expected.lines().count()
        && said
            .lines()
            .zip(expected.lines())
            .all(|(said, expected)| is_like(said, expected))
}

fn is_like(mut said: &str, expected: &str) -> bool {
    let mut parts = expected.split('…');
    let Some(rest) = parts.next().and_then(|start| said.strip_prefix(start)) else {
        return false;
    };
    said = rest;
    for part in parts {
        match said.find(part) {
            Some(at) => said = &said[at + part.len()..],
            None => return false,
        }
    }
    said.is_empty() || expected.ends_with('…')
}
