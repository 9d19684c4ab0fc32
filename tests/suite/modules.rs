//! How the workshop's code hangs together: each module uses only modules below it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_module_uses_itself_through_others() {
    let uses = uses();
    assert!(uses["check"].contains("terminal"), "{uses:?}");
    let mut below: Vec<&str> = Vec::new();
    loop {
        let is_settled = |name: &str| below.contains(&name);
        let next = uses.iter().find(|(name, used)| {
            !below.contains(&name.as_str()) && used.iter().all(|used| is_settled(used))
        });
        let Some((name, _)) = next else { break };
        below.push(name);
    }
    let circle: Uses = uses
        .clone()
        .into_iter()
        .filter(|(name, _)| !below.contains(&name.as_str()))
        .collect();
    assert!(circle.is_empty(), "in a circle, or above one: {circle:#?}");
}

/// What is used of the whole crate is a module: nothing is called up into `main`.
#[test]
fn only_modules_are_used() {
    let uses = uses();
    for (name, used) in &uses {
        for used in used {
            assert!(uses.contains_key(used), "{name} uses {used}");
        }
    }
}

/// The modules of the workshop, each with those that it uses.
fn uses() -> Uses {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut uses = Uses::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        if ["main", "lib", "bin", "book"].contains(&name.as_str()) {
            continue; // The root, the book, and the learner's own.
        }
        let mut others = used_in(&code(&path));
        others.remove(&name); // From a module in its own folder.
        uses.entry(name).or_default().extend(others);
    }
    uses
}

/// The code of a file, or of all files in a folder.
fn code(path: &Path) -> String {
    if !path.is_dir() {
        return fs::read_to_string(path).unwrap();
    }
    let entries = fs::read_dir(path).unwrap().flatten();
    entries.map(|entry| code(&entry.path())).collect()
}

/// The names right after `crate::`, also those of a group in braces.
fn used_in(code: &str) -> BTreeSet<String> {
    let code = code.lines().filter(|line| !line.trim().starts_with("//"));
    let code: String = code.flat_map(|line| [line, "\n"]).collect();
    code.split("crate::").skip(1).flat_map(names).collect()
}

fn names(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let (mut names, mut depth, mut begins) = (Vec::new(), 0, true);
    for (index, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                names.push(name(&group[index..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn name(text: &str) -> String {
    let is_of_name = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(is_of_name).collect()
}

#[test]
fn groups_are_understood() {
    let code = "use crate::{\n    one::{a, b},\n    two,\n};\nuse crate::three;\nlet x = crate::four::y();";
    let used: Vec<_> = used_in(code).into_iter().collect();
    assert_eq!(used, ["four", "one", "three", "two"]);
}
