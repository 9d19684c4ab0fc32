//! The chapters are true: their code is in the steps, their commands print what they show.

use std::fs;
use std::path::Path;
use std::thread;

use crate::bugs::wrong_server;
use crate::like::matches;
use crate::pictures::chapters;
#[cfg(not(windows))]
use crate::workshop::Folder;
use crate::workshop::workshop;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n") // Git may check out CRLF.
}

/// The fenced blocks of a kind in a text.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let start = format!("```{kind}\n");
    text.split(&start)
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap())
        .map(|block| block.split("\n   ```").next().unwrap().to_string())
        .collect()
}

/// The code that a chapter shows. A fragment that ends inside a brace is no `rust` to rustdoc, so
/// it is `rs`.
fn code(chapter: &str) -> Vec<String> {
    [blocks(chapter, "rust"), blocks(chapter, "rs")].concat()
}

/// All the code of a step.
fn source(folder: &str) -> String {
    let files = fs::read_dir(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("steps")
            .join(folder),
    )
    .unwrap();
    let names = files
        .flatten()
        .map(|file| file.file_name().into_string().unwrap());
    let code = names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "rs"));
    code.map(|name| read(&format!("steps/{folder}/{name}")))
        .collect()
}

#[test]
fn each_piece_of_code_stands_in_its_step() {
    for folder in chapters() {
        let chapter = read(&format!("steps/{folder}/README.md"));
        let source = source(&folder);
        let pieces = code(&chapter);
        let differences = blocks(&chapter, "diff");
        assert!(pieces.len() + differences.len() > 0, "{folder} shows code");
        for piece in pieces {
            assert!(
                source.contains(&format!("{piece}\n")),
                "not in the code of {folder}:\n{piece}"
            );
        }
    }
}

/// Code fits a slide. (Signatures may be as wide as rustfmt makes them.)
#[test]
fn code_is_at_most_80_columns_wide() {
    for folder in chapters() {
        let chapter = read(&format!("steps/{folder}/README.md"));
        let differences = blocks(&chapter, "diff");
        let differences = differences
            .iter()
            .flat_map(|piece| piece.lines())
            .map(|line| &line[1..]);
        let pieces = code(&chapter);
        for line in pieces
            .iter()
            .flat_map(|piece| piece.lines())
            .chain(differences)
        {
            let is_narrow = line.chars().count() <= 80 || line.starts_with("fn ");
            assert!(is_narrow, "{folder}: {line}");
        }
    }
}

#[test]
fn each_difference_is_the_difference() {
    let chapters = chapters();
    for pair in chapters.windows(2) {
        let [before, after] = [source(&pair[0]), source(&pair[1])];
        for difference in blocks(&read(&format!("steps/{}/README.md", pair[1])), "diff") {
            for line in difference.lines() {
                let (source, other) = match line.as_bytes()[0] {
                    b'-' => (&before, &after),
                    _ => (&after, &before),
                };
                let has = |source: &str| source.lines().any(|of_source| of_source == &line[1..]);
                assert!(has(source) && !has(other), "{}: {line}", pair[1]);
            }
        }
    }
}

/// What a chapter calls an error is one: with these changes the compiler rejects the step, with the
/// message in the chapter.
#[test]
#[cfg(not(windows))]
fn the_compiler_says_what_the_chapters_show() {
    for (folder, changes) in [
        (
            "2-threads",
            &[
                ("move || echo(client)", "|| echo(&client)"),
                ("mut client: TcpStream", "mut client: &TcpStream"),
            ][..],
        ),
        (
            "3-broadcast",
            &[
                ("sync::{Arc, Mutex};", "{rc::Rc, sync::Mutex};"),
                ("Arc", "Rc"),
            ],
        ),
    ] {
        let chapter = read(&format!("steps/{folder}/README.md"));
        let right = read(&format!("steps/{folder}/main.rs"));
        let wrong = changes
            .iter()
            .fold(right, |text, (from, to)| text.replace(from, to));
        let shown = blocks(&chapter, "rust,compile_fail");
        assert!(
            shown.iter().all(|piece| wrong.contains(piece)) && shown.len() == 1,
            "{folder}: {shown:?}"
        );
        let printed = compile(&format!("{folder}-wrong"), &wrong).unwrap_err();
        let blocks = blocks(&chapter, "text").into_iter();
        let errors: Vec<_> = blocks.filter(|block| block.starts_with("error[")).collect();
        assert_eq!(errors.len(), 1, "{folder}");
        for expected in errors[0].lines() {
            let is_said = printed
                .lines()
                .any(|line| matches(line.trim(), expected.trim()));
            assert!(is_said, "not said of {folder}: {expected}\n{printed}");
        }
    }
}

/// Code that is in no step compiles.
#[test]
#[cfg(not(windows))] // Under Wine there is no compiler.
fn code_of_its_own_compiles() {
    let mut tried = 0;
    for folder in chapters() {
        let chapter = read(&format!("steps/{folder}/README.md"));
        for (number, piece) in blocks(&chapter, "rust,no_run").iter().enumerate() {
            compile(&format!("{folder}-{number}"), piece)
                .unwrap_or_else(|printed| panic!("{printed}"));
            tried += 1;
        }
    }
    assert!(tried > 0);
}

/// Compiles a program, or returns the errors. They are without `std::sync::`, which only some
/// versions of the compiler print.
#[cfg(not(windows))]
fn compile(name: &str, program: &str) -> Result<(), String> {
    let folder = Folder::new(name);
    let file = folder.0.join("main.rs");
    fs::write(&file, program).unwrap();
    let kind = if program.contains("fn main()") {
        "bin"
    } else {
        "lib"
    };
    let output = std::process::Command::new("rustc")
        .args([
            "--edition",
            "2024",
            "--emit",
            "metadata",
            "--crate-type",
            kind,
        ])
        .arg("--out-dir")
        .arg(&folder.0)
        .arg(file)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stderr).replace("std::sync::", "");
    if output.status.success() {
        Ok(())
    } else {
        Err(printed)
    }
}

#[test]
fn each_question_has_its_answer_and_each_chapter_its_program() {
    for folder in chapters() {
        let chapter = read(&format!("steps/{folder}/README.md"));
        let (_, rest) = chapter.split_once("\n## Questions\n").unwrap();
        let (section, _) = rest.split_once("\n## ").unwrap();
        let number_of = |line: &str| line.split_once(". ")?.0.parse::<usize>().ok();
        let questions = section.lines().filter_map(number_of);
        let answers = section
            .matches("<details><summary>Answer</summary>")
            .count();
        assert!(answers >= 4 && questions.eq(1..=answers), "{folder}");
        let program = "[the whole program][program]";
        assert!(chapter.contains(program), "{folder}");
        assert!(chapter.contains("\n[program]: main.rs\n"), "{folder}");
    }
}

/// Runs each `$ cargo chat …` or `$ cargo run -- …` in a console block, and compares what it
/// prints.
#[test]
fn each_command_prints_what_the_chapter_says() {
    let texts = chapters()
        .into_iter()
        .map(|folder| read(&format!("steps/{folder}/README.md")));
    let blocks = texts.flat_map(|text| blocks(&text, "console"));
    let blocks: Vec<String> = blocks
        .map(|block| block.replace("$ cargo run -- ", "$ cargo chat "))
        .collect();
    let parts = blocks
        .iter()
        .flat_map(|block| block.split("$ cargo chat ").skip(1));
    let commands: Vec<(&str, &str)> = parts
        .map(|part| part.split_once('\n').unwrap_or((part, "")))
        .collect();
    assert!(commands.len() >= 3, "{commands:?}");
    let others: Vec<String> = thread::scope(|scope| {
        let all = commands.into_iter().map(|(command, expected)| {
            scope.spawn(move || prints_otherwise(command, expected)) // Most of the time is waiting.
        });
        let all: Vec<_> = all.collect();
        all.into_iter()
            .filter_map(|one| one.join().unwrap())
            .collect()
    });
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// Leaves out what threads wait in, except on Linux.
fn expected_here(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| cfg!(target_os = "linux") || !line.contains("Meanwhile"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns what a command prints if that differs in three tries: on a busy machine, something may
/// come too late.
fn prints_otherwise(command: &str, expected: &str) -> Option<String> {
    let expected = expected_here(expected);
    let words: Vec<&str> = command.split(' ').collect();
    let tried = |_| {
        let output = workshop(&words).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let is_it = matches(printed.trim_end(), expected.trim_end());
        (!is_it).then(|| {
            let status = output.status;
            format!("{command} ends with {status} and prints:\n{printed}\n{stderr}")
        })
    };
    let others: Option<Vec<String>> = (0..3).map(tried).collect();
    others.map(|others| others.join("\n"))
}

/// The README shows the output of `check` on a server with this bug. Numbers may differ. There are
/// three tries: on a busy machine, something may come too late.
#[test]
fn check_says_what_the_readme_shows() {
    let readme = read("README.md");
    let mut shown = blocks(&readme, "text").into_iter();
    let shown = shown.find(|block| block.starts_with("check 2")).unwrap();
    let words = [
        "check",
        "2",
        "--",
        &wrong_server(),
        "handles_before_accepting",
        "{address}",
    ];
    let shown = expected_here(&shown);
    let mut printed = String::new();
    for _ in 0..3 {
        let output = workshop(&words).output().unwrap();
        printed = String::from_utf8(output.stdout).unwrap();
        printed.truncate(printed.find("    Next ").unwrap());
        if without_numbers(&printed) == without_numbers(&shown) {
            return;
        }
    }
    panic!("it says\n{printed}and the README shows\n{shown}");
}

fn without_numbers(text: &str) -> Vec<&str> {
    let words = text.split_whitespace();
    words.filter(|word| word.parse::<u32>().is_err()).collect()
}

#[test]
fn the_plans_of_the_instructor_add_up() {
    let text = read("steps/INSTRUCTOR.md");
    for (plan, minutes) in [
        ("## Ninety minutes", 90),
        ("## Half a day", 180),
        ("## A session for steps 7 to 9", 150),
        ("## A session for steps 10 and 11", 90),
        ("## A session for step 12", 90),
    ] {
        let (_, rest) = text.split_once(plan).unwrap();
        let plan = rest.split("\n## ").next().unwrap();
        let entries = plan.lines().filter_map(|line| {
            line.strip_prefix("| ")?
                .split(' ')
                .next()?
                .parse::<u32>()
                .ok()
        });
        assert_eq!(entries.sum::<u32>(), minutes, "{plan}");
    }
}

#[test]
fn the_wrong_servers_that_the_instructor_names_are_there() {
    let text = read("steps/INSTRUCTOR.md");
    let mut named = 0;
    for line in text
        .lines()
        .filter(|line| line.contains(" | `") && line.ends_with("` |"))
    {
        let (_, servers) = line.split_once(" | `").unwrap();
        for name in servers.trim_end_matches("` |").split("`, `") {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong-servers");
            let is_there = |kind: &str| folder.join(format!("{name}.{kind}")).exists();
            assert!(is_there("rs") || is_there("py"), "{name}");
            named += 1;
        }
    }
    assert!(named > 15, "{named} servers");
}

/// The book has each file that its chapters link to.
#[test]
fn the_book_has_the_files_that_its_chapters_link_to() {
    let book = read("src/lib.rs");
    for folder in chapters() {
        let entry = format!("\"{folder}\" [");
        let (_, files) = book.split_once(&entry).unwrap();
        let (files, _) = files.split_once(']').unwrap();
        let chapter = read(&format!("steps/{folder}/README.md"));
        for link in chapter.lines().filter(|line| line.starts_with('[')) {
            let Some((label, file)) = link[1..].split_once("]: ") else {
                continue;
            };
            let is_program = ["rs", "lua"]
                .iter()
                .any(|kind| file.split('.').next_back() == Some(kind));
            if is_program && !file.contains('/') {
                let wanted = format!("\"{label}\" \"{file}\"");
                assert!(files.contains(&wanted), "{folder}: {link}");
            }
        }
    }
}
