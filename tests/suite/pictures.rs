//! The pictures of the chapters: drawn again from the running programs, each must show the same.
//!
//! After a change, `BLESS=1 cargo test pictures` draws all of them again.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use crate::redis;
use crate::step;
use crate::workshop::{Folder, workshop};

/// Each step but the last has pictures of its flaw, and of the next step without it. With `BLESS`,
/// they are drawn one at a time, so that nothing disturbs what is seen of the threads.
#[test]
fn those_of_each_step() {
    let all = all_pictures();
    if blesses() {
        for picture in &all {
            picture.assert_as_drawn(seen);
        }
        return;
    }
    let differs = |picture| {
        let [drawn, kept] = Picture::drawn_and_kept(picture, seen);
        (drawn != kept).then_some(picture)
    };
    let differing: Vec<&Picture> = thread::scope(|scope| {
        let drawing = all
            .iter()
            .map(|picture| scope.spawn(move || differs(picture)));
        let drawing: Vec<_> = drawing.collect();
        let drawn = drawing.into_iter().map(|one| one.join().unwrap());
        drawn.flatten().collect()
    });
    // Beside other tests something may come late: draw it again, alone.
    for picture in differing {
        if differs(picture).is_some() {
            picture.assert_as_drawn(seen);
        }
    }
}

/// Also compares what the threads wait in. That is sampled, and beside other tests too rarely.
#[test]
#[ignore = "needs a quiet machine"]
fn those_of_each_step_with_their_lanes() {
    for picture in all_pictures() {
        picture.assert_as_drawn(seen_with_lanes);
    }
}

struct Picture {
    step: &'static str,
    file: &'static str,
    /// The program to draw.
    command: Vec<&'static str>,
    is_animated: bool,
}

fn all_pictures() -> Vec<Picture> {
    let steps = step::all();
    let mut all = Vec::new();
    for pair in steps.windows(2) {
        let [step, next] = [pair[0], pair[1]];
        if step.name == "8-backpressure" {
            continue; // What is wrong with it costs time, and is no scene.
        }
        let flaw = |file, is_animated| Picture {
            step: step.name,
            file,
            command: vec![step.program, "{address}"],
            is_animated,
        };
        all.push(flaw("timeline.svg", false));
        if step.name == "1-blocking" {
            all.push(flaw("animated.svg", true));
        }
        let mut fix = Picture {
            file: "cured.svg",
            ..flaw("", false)
        };
        fix.command[0] = next.program;
        match next.name {
            "11-ledger" => fix.command.push("{file}"),
            "12-instances" if redis::is_installed() => fix.command.push("{redis}"),
            "12-instances" => continue,
            _ => {}
        }
        all.push(fix);
    }
    all
}

fn steps_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("steps")
}

fn blesses() -> bool {
    env::var_os("BLESS").is_some()
}

impl Picture {
    fn assert_as_drawn(&self, seen: fn(&str) -> Vec<String>) {
        let Picture { step, file, .. } = self;
        let [drawn, kept] = self.drawn_and_kept(seen);
        assert_eq!(drawn, kept, "{step}/{file} shows something else by now");
    }

    /// Draws it again. Returns the content of the new picture and of the one in the chapter.
    fn drawn_and_kept(&self, seen: fn(&str) -> Vec<String>) -> [Vec<String>; 2] {
        let Picture { step, file, .. } = self;
        let folder = Folder::new(&format!("{step}-{file}"));
        let drawn = folder.0.join(file);
        let mut words = vec!["show", step, "--svg", drawn.to_str().unwrap()];
        words.extend(self.is_animated.then_some("--animate"));
        words.push("--");
        words.extend(&self.command);
        workshop(&words).assert().success();
        let drawn = folder.read(file);
        let kept = steps_folder().join(step).join(file);
        if blesses() {
            fs::write(&kept, &drawn).unwrap();
        }
        let kept = fs::read_to_string(kept).unwrap();
        let is_small = kept.len() < 12 * 1024;
        assert!(is_small, "{step}/{file}: {} bytes", kept.len());
        [seen(&drawn), seen(&kept)]
    }
}

/// The content of a picture without times and coordinates. Deliveries of one message are sorted,
/// and so is what the server prints: their order varies.
fn seen(svg: &str) -> Vec<String> {
    let rows = groups(svg, "row").flat_map(words);
    let is_printed = |row: &String| row.starts_with("row printed");
    let (mut printed, mut seen): (Vec<String>, Vec<String>) = rows.partition(is_printed);
    printed.sort();
    let is_delivery = |row: &String| row.starts_with("row heard") || row.starts_with("row wrong");
    for same_time in seen.chunk_by_mut(|a, b| is_delivery(a) && is_delivery(b)) {
        same_time.sort();
    }
    let waits = svg
        .lines()
        .filter(|line| line.starts_with("<rect class=\"wait"));
    seen.push(format!("{} waits", waits.count()));
    seen.extend(printed);
    seen.push(between(svg, "<title", "</title>").to_string());
    seen.push(without_numbers(between(svg, "<desc", "</desc>")));
    seen
}

/// The same with what blocked threads wait in (Linux only).
fn seen_with_lanes(svg: &str) -> Vec<String> {
    let mut lanes: Vec<String> = groups(svg, "lane").map(blocked).collect();
    lanes.retain(|words| !words.is_empty());
    lanes.dedup(); // A lane is repeated when another thread changes.
    lanes.retain(|_| cfg!(target_os = "linux"));
    [seen(svg), lanes].concat()
}

/// The groups of a class, a line each.
fn groups<'a>(svg: &'a str, class: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let start = format!("<g class=\"{class}");
    svg.lines().filter(move |line| line.starts_with(&start))
}

/// The class of a row and its words without the time, once for each arrow: deliveries may share a
/// row or have one each.
fn words(row: &str) -> Vec<String> {
    let class = row.split('"').nth(1).unwrap();
    let class = class.split(" m a").next().unwrap(); // When it appears.
    let texts = row.split("<text ").skip(1);
    let texts = texts.filter(|text| !text.starts_with("class=\"t\""));
    let mut words: Vec<&str> = Vec::new();
    for text in texts.map(text) {
        if !words.contains(&text) {
            words.push(text); // Drawn on both sides of the server.
        }
    }
    let arrows = row.matches("marker-end").count().max(1);
    vec![format!("{class}: {}", words.join(" ")); arrows]
}

/// What the blocked threads wait in.
fn blocked(lane: &str) -> String {
    let texts = lane.split("<text ").skip(1);
    let blocked = texts.filter(|text| text.starts_with("class=\"bad\""));
    blocked.map(text).collect::<Vec<_>>().join(" ")
}

fn text(element: &str) -> &str {
    between(element, ">", "</text>").trim_start_matches('>')
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap();
    let to = text[from..].find(end).unwrap();
    &text[from..from + to]
}

/// The description without what only Linux knows, and without durations.
fn without_numbers(text: &str) -> String {
    let text = match text.split_once(". Meanwhile, ") {
        Some((before, after)) => {
            format!("{before}.{}", after.split_once('.').map_or("", |it| it.1))
        }
        None => text.to_string(),
    };
    let text = text.trim_end_matches('.');
    text.split_inclusive("came ")
        .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()))
        .collect()
}

/// The book has the pictures as data URLs in its links: rustdoc pages have no files beside them.
#[test]
fn the_book_has_the_same_pictures() {
    if blesses() {
        return; // Another test may be drawing them. The next run compares.
    }
    let mut before = None;
    for folder in chapters() {
        let kept = steps_folder().join(&folder).join("book.md");
        let links = links(&folder, before.as_deref());
        if env::var_os("BLESS_BOOK").is_some() {
            fs::write(&kept, &links).unwrap();
        }
        let kept = fs::read_to_string(&kept).unwrap_or_default();
        assert!(
            kept == links,
            "steps/{folder}/book.md differs: BLESS_BOOK=1 cargo test pictures"
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
    let number = |name: &String| {
        name.split('-')
            .next()
            .and_then(|it| it.parse::<usize>().ok())
    };
    folders.sort_by_key(number);
    folders
}

/// The links of a chapter to its pictures, as data URLs.
fn links(folder: &str, before: Option<&str>) -> String {
    let mut links = String::new();
    let pictures = [
        ("plot", Some(folder)),
        ("threads", Some(folder)),
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
            links += &format!("[{name}]: data:image/svg+xml,{}\n", percent_encoded(&svg));
        }
    }
    links
}

/// Percent-encodes bytes for a URL.
fn percent_encoded(bytes: &[u8]) -> String {
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
