//! The pictures of the chapters: each is drawn again from the running programs, and must show the same.
//!
//! Where it rightly shows something else, `BLESS=1 cargo test pictures` draws all of them anew: the pictures
//! beside the chapters, and their copies for the book.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use crate::redis;
use crate::step;
use crate::workshop::{Folder, workshop};

/// Each step but the last shows what is wrong with it, and how the next step does it right.
#[test]
fn those_of_each_step() {
    let steps = step::all();
    thread::scope(|scope| {
        for pair in steps.windows(2) {
            let [step, next] = [pair[0], pair[1]];
            scope.spawn(move || {
                is_as_drawn(step.name, "timeline.svg", &[step.program, "{address}"]);
            });
            let mut command = vec![next.program, "{address}"];
            if next.name == "8-instances" {
                if !redis::is_installed() {
                    continue;
                }
                command.push("{redis}");
            }
            scope.spawn(move || is_as_drawn(step.name, "cured.svg", &command));
        }
    });
}

fn steps_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("steps")
}

fn blesses() -> bool {
    env::var_os("BLESS").is_some()
}

fn is_as_drawn(step: &str, picture: &str, command: &[&str]) {
    let folder = Folder::new(&format!("{step}-{picture}"));
    let drawn = folder.0.join(picture);
    let words = ["show", step, "--svg", drawn.to_str().unwrap(), "--"];
    let words = [&words, command].concat();
    workshop(&words).assert().success();
    let drawn = folder.read(picture);
    let kept = steps_folder().join(step).join(picture);
    if blesses() {
        fs::write(&kept, &drawn).unwrap();
    }
    let kept = fs::read_to_string(kept).unwrap();
    assert_eq!(
        shown(&drawn),
        shown(&kept),
        "{step}/{picture} shows something else by now"
    );
    assert!(
        kept.len() < 8192,
        "{step}/{picture} is small: {} bytes",
        kept.len()
    );
}

/// What a picture shows, in its order. Times, and the places that depend on them, differ from run to run; what
/// several hear of the same message, and what the server prints meanwhile, comes in any order.
fn shown(svg: &str) -> Vec<String> {
    let events: Vec<String> = svg
        .lines()
        .filter(|line| line.starts_with("<g class"))
        .map(without_places)
        .collect();
    let (mut printed, mut seen): (Vec<_>, Vec<_>) = events
        .into_iter()
        .partition(|event| event.contains("|printed|"));
    printed.sort();
    for same_time in seen.chunk_by_mut(|a, b| a.contains("|heard|") && b.contains("|heard|")) {
        same_time.sort();
    }
    let waits = svg
        .lines()
        .filter(|line| line.contains("class=\"wait\""))
        .map(without_places);
    seen.extend(waits);
    seen.extend(printed);
    seen.push(between(svg, "<title", "</title>").to_string());
    seen.push(without_places(between(svg, "<desc", "</desc>")));
    seen
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap();
    let to = text[from..].find(end).unwrap();
    &text[from..from + to]
}

/// A line of a picture without heights and times.
fn without_places(line: &str) -> String {
    let mut text = String::new();
    for (index, part) in line.split(['"', '>', '<']).enumerate() {
        let is_height = |before: &str| {
            ["y=", "height=", "d="]
                .iter()
                .any(|name| before.ends_with(name))
        };
        let keeps = index == 0 || !is_height(text.trim_end_matches('|'));
        let part = if part.ends_with(" ms") { "time" } else { part };
        text += if keeps { part } else { "place" };
        text += "|";
    }
    text.split_inclusive("came ")
        .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()))
        .collect()
}

/// The pictures again, written into the links of the book: documentation has no files beside its pages.
#[test]
fn the_book_has_the_same_pictures() {
    if blesses() {
        return; // They may be drawn just now. The next run compares.
    }
    let mut before = None;
    for folder in chapters() {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/book")
            .join(format!("{folder}.md"));
        let links = links(&folder, before.as_deref());
        if env::var_os("BLESS_BOOK").is_some() {
            fs::write(&kept, &links).unwrap();
        }
        let kept = fs::read_to_string(&kept).unwrap_or_default();
        assert!(
            kept == links,
            "src/book/{folder}.md differs: BLESS_BOOK=1 cargo test pictures"
        );
        before = Some(folder);
    }
}

/// The folders of the steps, in their order.
pub fn chapters() -> Vec<String> {
    let folders = fs::read_dir(steps_folder())
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir());
    let mut folders: Vec<String> = folders
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    folders
}

/// What the names of a chapter's pictures stand for: the pictures themselves.
fn links(folder: &str, before: Option<&str>) -> String {
    let mut links = String::new();
    let pictures = [
        ("plot", Some(folder)),
        ("timeline", Some(folder)),
        ("cured", Some(folder)),
        ("cure", before),
    ];
    for (name, folder) in pictures {
        let file = if name == "cure" {
            "cured.svg".to_string()
        } else {
            format!("{name}.svg")
        };
        let picture = folder.map(|folder| steps_folder().join(folder).join(file));
        if let Some(svg) = picture.and_then(|path| fs::read(path).ok()) {
            links += &format!("[{name}]: data:image/svg+xml,{}\n", encoded(&svg));
        }
    }
    links
}

/// Bytes as a part of an address: what is no letter or digit is written as `%` and its number.
fn encoded(bytes: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b'0'..=b'9'
        | b'A'..=b'Z'
        | b'a'..=b'z'
        | b'-'
        | b'.'
        | b'_'
        | b'='
        | b'/'
        | b':'
        | b';'
        | b',' => char::from(*byte).to_string(),
        b'\r' => String::new(), // Git may have put it there.
        byte => format!("%{byte:02X}"),
    };
    bytes.iter().map(encode).collect()
}
