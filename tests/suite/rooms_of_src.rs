//! How the workshop's code hangs together: arrows only go down, between the rooms of `src` and inside each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room of `src`, and the rooms that it may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("commands", &ALL),
    ("crowd", &["cli", "server", "os", "text", "error"]),
    (
        "check",
        &["runner", "model", "cli", "server", "text", "error"],
    ),
    ("show", &["runner", "model", "cli", "text", "error"]),
    ("runner", &["model", "server", "os", "text", "error"]),
    ("cli", &["server", "course", "text", "error"]),
    ("server", &["os", "course", "text", "error"]),
    ("model", &[]),
    ("os", &[]),
    ("course", &[]),
    ("text", &[]),
    ("error", &[]),
];

const ALL: [&str; 11] = [
    "crowd", "check", "show", "runner", "cli", "server", "model", "os", "course", "text", "error",
];

#[test]
fn each_room_imports_only_what_it_may() {
    let mut wrong = Vec::new();
    for (module, used) in uses() {
        let room = room(&module).to_string();
        let rule = ROOMS.iter().find(|(name, _)| *name == room);
        let (_, allowed) = rule.unwrap_or_else(|| panic!("src/{room} is no room of the design"));
        for other in used {
            let other = self::room(&other);
            if other != room && !allowed.contains(&other) {
                wrong.push(format!("{module} imports {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_module_imports_itself_through_others() {
    let mut left = uses();
    assert!(left["commands::check"].contains("check::step"), "{left:?}");
    loop {
        let is_left = |name: &String| left.contains_key(name);
        let lowest = left.iter().find(|(_, used)| !used.iter().any(is_left));
        let Some(lowest) = lowest.map(|(name, _)| name.clone()) else {
            break;
        };
        left.remove(&lowest);
    }
    assert!(left.is_empty(), "in a circle, or above one: {left:#?}");
}

fn room(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// The modules of the workshop, such as `check` or `check::failure`, each with those that it imports.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for entry in fs::read_dir(&src).unwrap().flatten() {
        let name = entry.file_name();
        if !["main.rs", "lib.rs", "bin"].contains(&name.to_str().unwrap()) {
            collect(&entry.path(), &mut files);
        }
    }
    let modules: BTreeMap<String, PathBuf> = files
        .into_iter()
        .map(|file| (module_of(file.strip_prefix(&src).unwrap()), file))
        .collect();
    let names: Vec<&str> = modules.keys().map(String::as_str).collect();
    modules
        .iter()
        .map(|(name, file)| (name.clone(), used_in(name, file, &names)))
        .collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap().flatten();
        entries.for_each(|entry| collect(&entry.path(), files));
    } else {
        files.push(path.to_path_buf());
    }
}

/// `check/failure.rs` is `check::failure`, and `check/mod.rs` is `check`.
fn module_of(file: &Path) -> String {
    let parts = file.with_extension("");
    let parts: Vec<&str> = parts.iter().map(|part| part.to_str().unwrap()).collect();
    let parts = parts.strip_suffix(&["mod"]).unwrap_or(&parts);
    parts.join("::")
}

/// The modules that a file names: from the crate's root, from its parent, or as its child.
fn used_in(module: &str, file: &Path, modules: &[&str]) -> BTreeSet<String> {
    let code = fs::read_to_string(file).unwrap();
    let code = code.split("#[cfg(test)]").next().unwrap();
    let is_code = |line: &&str| !line.trim().starts_with("//") && !line.contains("mod ");
    let lines: Vec<&str> = code.lines().filter(is_code).collect();
    assert!(
        !lines.iter().any(|line| line.contains("use crate::{")),
        "{module}: one room a line"
    );
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let path_after = |line: &str, root: &str, base: &str| {
        let named = line.split_once(root)?.1;
        let named: String = named
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
            .collect();
        let path = format!("{base}::{named}");
        let path = path.trim_start_matches("::");
        let longest = modules
            .iter()
            .filter(|name| path == **name || path.starts_with(&format!("{name}::")));
        longest
            .max_by_key(|name| name.len())
            .map(ToString::to_string)
    };
    let of_line = |line: &&str| {
        let own = line.strip_prefix("use ").or(line.strip_prefix("pub use "));
        [
            path_after(line, "crate::", ""),
            path_after(line, "super::", parent),
            own.and_then(|own| path_after(own, "", module)),
        ]
    };
    let used = lines.iter().flat_map(of_line).flatten();
    used.filter(|used| used != module).collect()
}
